// The boxes of an ISO base media file (MP4, MOV), as ISO/IEC 14496-12 section 4.2 lays them out.

export interface BoxHead {
  type: string;
  /** bytes of its head: sizes beyond 32 bit stand behind the type */
  head: number;
  /** bytes of the box with its head, as it says itself; 0: to the end of what it lies in */
  size: number;
}

/** The head of the box at `at`, where 8 bytes or more are there before `to`. */
export function boxHead(view: DataView, at: number, to: number): BoxHead {
  const size = view.getUint32(at);
  const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
  if (size !== 1 || at + 16 > to) return { type, head: 8, size };
  return { type, head: 16, size: view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) };
}

/** Boxes at the top level of a file that are looked at. */
const mostBoxes = 10_000;

/** Walks the top level of a file, 16 bytes per box. The last box may be longer than the file, or shorter than its own head. */
export async function* topBoxes(file: Blob): AsyncGenerator<BoxHead & { at: number }, void, unknown> {
  let at = 0;
  for (let n = 0; at + 8 <= file.size && n < mostBoxes; n++) {
    const view = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const box = boxHead(view, 0, view.byteLength);
    yield { ...box, at };
    if (box.size < box.head) return;
    at += box.size;
  }
}

/** The top level of a file: its boxes, and bytes that it would have if the last were whole; 0 where that goes on to the end. */
export async function walkBoxes(file: Blob): Promise<{ types: string[]; expectedBytes: number }> {
  const types: string[] = [];
  let expectedBytes = 0;
  for await (const { type, at, head, size } of topBoxes(file)) {
    types.push(type);
    if (size === 0) expectedBytes = 0;
    else if (size >= head) expectedBytes = at + size;
  }
  return { types, expectedBytes };
}

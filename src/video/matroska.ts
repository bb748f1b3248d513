// WebM and MKV files that were cut: the last cluster promises more bytes than there are, and demuxers then drop
// all of it (a short WebM is one cluster). Here its size and that of the segment are set to what is there.

const ids = { header: 0x1a45dfa3, segment: 0x18538067, cluster: 0x1f43b675 };

/** Elements on the level of clusters: they end a cluster whose size is not told. */
const topLevel = new Set([
  ids.cluster,
  0x114d9b74,
  0x1549a966,
  0x1654ae6b,
  0x1c53bb6b,
  0x1941a469,
  0x1043a770,
  0x1254c367,
]);

/** Largest file of unknown length that is walked block by block. */
const mostWalked = 512e6;
/** Blocks and other elements that are walked at most; hours of video have fewer. */
const mostElements = 1e6;
/** A cut leaves part of one block. When more is left, the walk met damage in the middle, which is another matter. */
const mostLeft = 8e6;

interface Element {
  id: number;
  /** where its size is written, in how many bytes */
  sizeAt: number;
  sizeBytes: number;
  /** where its content starts, and ends: infinite when its size is not told */
  start: number;
  end: number;
}

/** Reads the heads of elements through a window, so that a walk over blocks is not one read per block. */
function elementReader(file: Blob): (at: number) => Promise<Element | null> {
  let window = new Uint8Array(0);
  let from = 0;
  return async (at) => {
    if (at < from || at + 12 > from + window.length) {
      from = at;
      window = new Uint8Array(await file.slice(at, at + 65_536).arrayBuffer());
    }
    const head = window.subarray(at - from, at - from + 12);
    const idBytes = Math.clz32(head[0] ?? 0) - 23;
    const sizeBytes = Math.clz32(head[idBytes] ?? 0) - 23;
    if (idBytes > 4 || sizeBytes > 8 || head.length < idBytes + sizeBytes) return null;
    let id = 0;
    for (let i = 0; i < idBytes; i++) id = id * 256 + head[i];
    let size = head[idBytes] & (0xff >> sizeBytes);
    let unknown = size === 0xff >> sizeBytes;
    for (let i = 1; i < sizeBytes; i++) {
      unknown &&= head[idBytes + i] === 255;
      size = size * 256 + head[idBytes + i];
    }
    const start = at + idBytes + sizeBytes;
    return { id, sizeAt: at + idBytes, sizeBytes, start, end: unknown ? Infinity : start + size };
  };
}

/** A size in EBML's way: as many bytes as before, a marker bit in front. */
function sizeOf(value: number, bytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  for (let i = bytes - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  out[0] |= 0x80 >> (bytes - 1);
  return out;
}

/** A file that can be read in place of a cut one. */
export interface Mended {
  file: Blob;
  /** bytes that the whole file would have, 0 when it does not tell */
  expectedBytes: number;
}

/** The cut file with sizes that are true, or null when it is whole or no Matroska. */
export async function mendMatroska(file: Blob): Promise<Mended | null> {
  const read = elementReader(file);
  const header = await read(0);
  if (header?.id !== ids.header) return null;
  const segment = await read(header.end);
  if (segment?.id !== ids.segment || segment.end <= file.size) return null;
  if (segment.end === Infinity && file.size > mostWalked) return null;

  /** clusters of untold size need no new size, the last one of told size may */
  let cluster: Element | null = null;
  let inside = false;
  let at = segment.start;
  let whole = false;
  for (let walked = 0; ; walked++) {
    if (walked === mostElements) return null;
    if (at === file.size)
      whole = segment.end === Infinity && (!cluster || cluster.end === Infinity || at === cluster.end);
    const element: Element | null = at < file.size ? await read(at) : null;
    if (!element) break;
    if (inside && cluster && (at >= cluster.end || topLevel.has(element.id))) inside = false;
    if (!inside && element.id === ids.cluster) {
      cluster = element;
      // whole clusters are stepped over
      inside = element.end > file.size;
      at = inside ? element.start : element.end;
      continue;
    }
    if (element.end > file.size) break;
    at = element.end;
  }
  if (whole || file.size - at > mostLeft) return null;

  const parts: BlobPart[] = [];
  let done = 0;
  for (const broken of [segment, cluster]) {
    if (!broken || broken.end === Infinity || broken.end <= at) continue;
    parts.push(file.slice(done, broken.sizeAt), sizeOf(at - broken.start, broken.sizeBytes));
    done = broken.start;
  }
  parts.push(file.slice(done, at));
  return { file: new Blob(parts), expectedBytes: segment.end === Infinity ? 0 : segment.end };
}

// The wire format of protocol buffers, as much as is needed to walk through a file: fields of a message, one after the
// other. Nothing is copied; what is not asked for is stepped over.

/** One field of a message. Numbers are in `value`; texts, messages and packed numbers lie in [from, to). */
export interface Field {
  number: number;
  /** 0: number; 1 and 5: 8 and 4 bytes; 2: bytes */
  wire: 0 | 1 | 2 | 5;
  /** of wire 0; what does not fit 2⁵³, so also what is negative, is NaN */
  value: number;
  from: number;
  to: number;
}

/** The file breaks off, or is no message. */
export class WireError extends Error {
  /** what was claimed lies beyond the end */
  readonly cut: boolean;

  constructor(message: string, cut: boolean) {
    super(message);
    this.name = 'WireError';
    this.cut = cut;
  }
}

/** Calls `take` for every field of the message in [from, to). Throws WireError. */
export function eachField(bytes: Uint8Array, from: number, to: number, take: (field: Field) => void): void {
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (at >= to) throw new WireError(`it ends within a number at byte ${at}`, to === bytes.length);
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : NaN;
    }
    throw new WireError(`a number at byte ${at - 10} has more than ten bytes`, false);
  };
  while (at < to) {
    const start = at;
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (!(number >= 1 && number < 2 ** 29)) throw new WireError(`there is no field ${number}, at byte ${start}`, false);
    if (wire === 0) take({ number, wire, value: varint(), from: at, to: at });
    else if (wire === 1 || wire === 2 || wire === 5) {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      if (!(at + length <= to))
        throw new WireError(`the field at byte ${start} has ${length} bytes, ${to - at} are left`, to === bytes.length);
      take({ number, wire, value: NaN, from: at, to: at + length });
      at += length;
    } else throw new WireError(`the field at byte ${start} is of no known kind`, false);
  }
}

const utf8 = new TextDecoder();

/** A text, cut after `most` bytes. */
export const textOf = (bytes: Uint8Array, { from, to }: Field, most = 512): string =>
  utf8.decode(bytes.subarray(from, Math.min(to, from + most)));

/** A repeated number, packed or one by one, put behind what is there. Throws WireError. */
export function pushNumbers(bytes: Uint8Array, field: Field, into: number[], most: number): void {
  if (field.wire === 0) into.push(field.value);
  else if (field.wire === 2) {
    let at = field.from;
    while (at < field.to) {
      let value = 0;
      let i = 0;
      for (; ; i++) {
        if (at >= field.to || i > 9) throw new WireError(`a list of numbers ends within one, at byte ${at}`, false);
        const byte = bytes[at++];
        value += (byte & 0x7f) * 2 ** (7 * i);
        if (byte < 0x80) break;
      }
      into.push(Number.isSafeInteger(value) ? value : NaN);
      if (into.length > most) break;
    }
  }
  if (into.length > most) throw new WireError(`a list at byte ${field.from} has more than ${most} numbers`, false);
}

// Room for token lists. A step's masks are lists of their own; who only counts masks gives the same memory to batch after
// batch, which is what decides the time where fresh memory is dear, as in a browser's sandbox.

export type TokenList = Int32Array<ArrayBuffer>;

/** Gives a list of a length; what it holds is not known. */
export type Room = (length: number) => TokenList;

export const ownRoom: Room = (length) => new Int32Array(length);

/** Room that is used again: after `again()` everything given before is overwritten. */
export function sharedRoom(): { room: Room; again: () => void } {
  let memory: TokenList = new Int32Array(1 << 16);
  let at = 0;
  return {
    room(length) {
      if (at + length > memory.length) {
        memory = new Int32Array(2 * Math.max(memory.length, length));
        at = 0;
      }
      at += length;
      return memory.subarray(at - length, at);
    },
    again() {
      at = 0;
    },
  };
}

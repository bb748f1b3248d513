import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { freeBuffer, heldBytes, holdsIdly, limitHeld, makeBuffer, refuseBeyond, roomOn } from './held.ts';

/** A device of which only buffers are asked. */
const device = () => ({ createBuffer: () => ({ destroy() {} }) }) as unknown as GPUDevice;

it('counts what is made until it is freed, once, for each device', () => {
  const [one, other] = [device(), device()];
  const a = makeBuffer(one, { size: 48, usage: 0 });
  makeBuffer(one, { size: 16, usage: 0 });
  expect([heldBytes(one), heldBytes(other)]).toEqual([64, 0]);
  freeBuffer(a);
  freeBuffer(a);
  expect(heldBytes(one)).toBe(16);
  expect(roomOn(one)).toBe(Infinity);
});

it('refuses what is beyond the limit, with what is in use', () => {
  const one = device();
  limitHeld(one, 4 * 2 ** 20);
  expect(() => refuseBeyond(one, 'This run', 4 * 2 ** 20)).not.toThrow();
  expect(() => refuseBeyond(one, 'This run', 5 * 2 ** 20)).toThrow(
    'This run needs 5.0 MB of GPU memory, the limit is 4.0 MB.',
  );
  makeBuffer(one, { size: 2 ** 20, usage: 0 });
  expect(roomOn(one)).toBe(3 * 2 ** 20);
  expect(() => refuseBeyond(one, 'This run', 3 * 2 ** 20)).not.toThrow();
  expect(() => refuseBeyond(one, 'This run', 3 * 2 ** 20 + 1)).toThrow(
    'This run needs 3.0 MB of GPU memory beside the 1.0 MB that the studio has in use, the limit is 4.0 MB.',
  );
});

it('what lies idle is given back to whoever needs the room, and not before', () => {
  const one = device();
  limitHeld(one, 64);
  const kept = makeBuffer(one, { size: 48, usage: 0 });
  let asked = 0;
  holdsIdly(one, () => {
    asked++;
    freeBuffer(kept);
  });
  expect(() => refuseBeyond(one, 'This run', 16)).not.toThrow();
  expect([roomOn(one), roomOn(one, 16), asked]).toEqual([16, 16, 0]);
  expect(() => refuseBeyond(one, 'This run', 17)).not.toThrow();
  expect([heldBytes(one), asked]).toEqual([0, 1]);
  expect(() => refuseBeyond(one, 'This run', 65)).toThrow('This run needs 1 KB of GPU memory, the limit is 1 KB.');
});

it('no other file of the studio makes buffers', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' });
  const making = files
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.') && !file.startsWith('testing'))
    .filter((file) => fs.readFileSync(path.join(root, file), 'utf8').includes('.createBuffer('));
  expect(making).toEqual([path.join('gpu', 'held.ts')]);
});

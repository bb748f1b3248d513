import { expect, test } from 'vitest';
import { fingerprintLabels } from './data-fingerprint.ts';

test('what sha256sum prints for the sorted lines', async () => {
  // printf '["a.mp4","run"]\n["b.mp4","jump"]\n' | sha256sum
  const expected = 'd1b3f69a0cc6a36f0e274061cdbfb116623fa3a20a22853ea38cdcf853ab0502';
  const a = { name: 'a.mp4', label: 'run' };
  const b = { name: 'b.mp4', label: 'jump' };
  expect(await fingerprintLabels([a, b])).toBe(expected);
  expect(await fingerprintLabels([b, a])).toBe(expected);
  expect(await fingerprintLabels([{ name: 'Hände klatschen.mp4', label: 'a"b' }])).toBe(
    '7657112753d4b62999e4abf2d2dc6f79af5fb7592bdd50dc935db94ecce5884c',
  );
  expect(await fingerprintLabels([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('another label, name or cut between them is another fingerprint', async () => {
  const sets = [
    [{ name: 'a', label: 'b' }],
    [{ name: 'a', label: 'c' }],
    [{ name: 'ab', label: '' }],
    [{ name: '', label: 'ab' }],
    [
      { name: 'a', label: 'b' },
      { name: 'a', label: 'b' },
    ],
  ];
  const prints = await Promise.all(sets.map(fingerprintLabels));
  expect(new Set(prints).size).toBe(sets.length);
});

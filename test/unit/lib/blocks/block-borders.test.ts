import { expect, test } from '@jest/globals';
import { BlockBorders } from '../../../../src/lib/blocks/block-borders.ts';
import { noise } from '../../../support/noise.ts';

const KIB = 1024;

/** Where the blocks of `bytes` end, read in pieces of `pieceBytes`. */
function endsOf(bytes: Uint8Array, pieceBytes = bytes.length): number[] {
  const borders = new BlockBorders();
  const ends: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, Math.min(at + pieceBytes, bytes.length));
    for (let from = 0; from < piece.length;) {
      const { taken, ends: isEnd } = borders.next(piece, from);
      from += taken;
      if (isEnd) ends.push(at + from);
    }
    at += piece.length;
  }
  return ends;
}

const lengthsOf = (ends: number[]): number[] => ends.map((end, i) => end - (ends[i - 1] ?? 0));

test('blocks are of 16 to 256 KiB, and of about 48 KiB on average', () => {
  const ends = endsOf(noise(16 * KIB * KIB));
  const lengths = lengthsOf(ends);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(16 * KIB);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(256 * KIB);
  expect((ends.at(-1) ?? 0) / ends.length / KIB).toBeGreaterThan(40);
  expect((ends.at(-1) ?? 0) / ends.length / KIB).toBeLessThan(56);
});

test.each([1, 31, 16 * KIB - 1, 64 * KIB, 100_003])(
  'the borders are the same when the bytes come %i at a time',
  (pieceBytes) => {
    const bytes = noise(512 * KIB);
    expect(endsOf(bytes, pieceBytes)).toEqual(endsOf(bytes));
  },
);

test('what has no pattern that ends a block is cut at 256 KiB', () => {
  expect(lengthsOf(endsOf(new Uint8Array(600 * KIB).fill(1)))).toEqual([256 * KIB, 256 * KIB]);
});

test('the borders of this cutting stay where they are: block maps of other versions depend on it', () => {
  expect(endsOf(noise(256 * KIB))).toMatchInlineSnapshot(`
    [
      26648,
      48064,
      89044,
      106119,
      136615,
      198697,
    ]
  `);
});

test('bytes that are inserted move the borders behind them and change none', () => {
  const bytes = noise(4 * KIB * KIB);
  const at = 1_000_000;
  const longer = new Uint8Array([...bytes.subarray(0, at), 1, 2, 3, ...bytes.subarray(at)]);
  const before = new Set(endsOf(bytes));
  const moved = endsOf(longer).map((end) => (end > at ? end - 3 : end));
  expect(moved.filter((end) => !before.has(end)).length).toBeLessThanOrEqual(2);
});

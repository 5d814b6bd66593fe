import { expect, test } from '@jest/globals';
import { offsetsOf, runsOf } from '../../../../../src/agent/update/download/runs.ts';

const MIB = 1024 * 1024;

function mapOf(...lengths: number[]): { blocks: [number, string][] } {
  return { blocks: lengths.map((length) => [length, '']) };
}

test('blocks begin where the ones before them end', () => {
  expect(offsetsOf(mapOf(10, 20, 30))).toEqual([0, 10, 30]);
});

test.each([
  [[], []],
  [[1], [{ from: 10, to: 30, firstBlock: 1 }]],
  [[0, 1, 2], [{ from: 0, to: 60, firstBlock: 0 }]],
  [
    [0, 2, 3],
    [
      { from: 0, to: 10, firstBlock: 0 },
      { from: 30, to: 100, firstBlock: 2 },
    ],
  ],
])('of four blocks, %j are fetched as %j', (missing, runs) => {
  expect(runsOf(mapOf(10, 20, 30, 40), missing)).toEqual(runs);
});

test('no run is longer than 4 MiB, so that several share the work', () => {
  const map = mapOf(...Array.from({ length: 10 }, () => MIB));
  const runs = runsOf(map, [...map.blocks.keys()]);
  expect(runs.map(({ from, to }) => (to - from) / MIB)).toEqual([4, 4, 2]);
});

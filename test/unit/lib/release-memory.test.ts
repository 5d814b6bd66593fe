import { memoryUsage } from 'node:process';
import { expect, test } from '@jest/globals';
import { releaseMemory } from '../../../src/lib/release-memory.ts';

const MEGABYTES = 1_000_000;

test('memory that nothing uses any more goes back to the system', () => {
  releaseMemory(); // else what other tests left in this process would go, too
  const before = memoryUsage().heapTotal;
  fillHeap(200 * MEGABYTES);
  const filled = memoryUsage().heapTotal;

  releaseMemory();

  expect(filled - before).toBeGreaterThan(100 * MEGABYTES);
  expect(memoryUsage().heapTotal - before).toBeLessThan(20 * MEGABYTES);
});

test('the program goes on as before, also in functions whose bytecode is gone', () => {
  expect(sumTo(10)).toBe(55);
  releaseMemory();
  expect(sumTo(10)).toBe(55);
});

function sumTo(n: number): number {
  return n === 0 ? 0 : n + sumTo(n - 1);
}

function fillHeap(bytes: number): void {
  const kept: number[][] = [];
  for (let left = bytes; left > 0; left -= 8_000) kept.push(new Array<number>(1_000).fill(0.5));
}

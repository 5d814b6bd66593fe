import type { BlockMap } from '../../../protocol/schemas/releases.ts';

/** Neighbouring blocks, fetched by one request. */
export interface Run {
  /** Of the first byte, in the file. */
  readonly from: number;
  /** After the last byte. */
  readonly to: number;
  /** Which block of the map begins it. */
  readonly firstBlock: number;
}

/** Large enough that a request costs little, small enough that several can share the work. */
const LONGEST_BYTES = 4 * 1024 * 1024;

/** Where each block of a map begins in the file. */
export function offsetsOf({ blocks }: Pick<BlockMap, 'blocks'>): number[] {
  let end = 0;
  return blocks.map(([length]) => (end += length) - length);
}

/** The requests that bring the blocks of these numbers, which ascend. */
export function runsOf(map: Pick<BlockMap, 'blocks'>, missing: readonly number[]): Run[] {
  const offsets = offsetsOf(map);
  const runs: Run[] = [];
  for (const block of missing) {
    const from = offsets[block] ?? 0;
    const to = from + (map.blocks[block]?.[0] ?? 0);
    const last = runs.at(-1);
    if (last?.to === from && to - last.from <= LONGEST_BYTES) runs[runs.length - 1] = { ...last, to };
    else runs.push({ from, to, firstBlock: block });
  }
  return runs;
}

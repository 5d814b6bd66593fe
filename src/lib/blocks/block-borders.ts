import { createHash } from 'node:crypto';

/** Names this way of cutting; whoever changes a number below gives it another name. */
export const CUTTING = 'gear-1';

const MIN_BYTES = 16 * 1024;
const MAX_BYTES = 256 * 1024;
/** A border where so many top bits are zero: once in 32 KiB, after the first 16 KiB, makes blocks of 48 KiB on average. */
const ZERO_BITS = 15;
/** Of the bytes that a border depends on. */
const WINDOW_BYTES = 32;

/**
 * Finds the borders of blocks in a stream of bytes. Each depends only on the 32 bytes before it and on the border before that
 * (a gear hash: one shift and one addition a byte), so what is inserted or removed changes the blocks around it and no others.
 */
export class BlockBorders {
  readonly #gear = makeGear();
  #hash = 0;
  /** Of the block that is being read. */
  #length = 0;

  /** How many of `bytes`, from `from` on, still belong to the block, and whether it ends there. */
  next(bytes: Uint8Array, from: number): { taken: number; ends: boolean } {
    const gear = this.#gear;
    const skipped = Math.min(Math.max(MIN_BYTES - WINDOW_BYTES - this.#length, 0), bytes.length - from);
    const limit = Math.min(bytes.length, from + MAX_BYTES - this.#length);
    const firstBorder = from + MIN_BYTES - this.#length;
    let hash = this.#hash;
    for (let at = from + skipped; at < limit; at++) {
      hash = ((hash << 1) + (gear[bytes[at] as number] as number)) | 0;
      if (hash >>> (32 - ZERO_BITS) === 0 && at + 1 >= firstBorder) return this.#end(at + 1 - from);
    }
    if (this.#length + limit - from >= MAX_BYTES) return this.#end(limit - from);
    this.#hash = hash;
    this.#length += limit - from;
    return { taken: limit - from, ends: false };
  }

  #end(taken: number): { taken: number; ends: boolean } {
    this.#hash = 0;
    this.#length = 0;
    return { taken, ends: true };
  }
}

/** 256 numbers without a pattern, the same everywhere. */
function makeGear(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) =>
    createHash('sha256').update(Uint8Array.of(byte)).digest().readInt32LE(),
  );
}

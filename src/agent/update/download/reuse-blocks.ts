import { open } from 'node:fs/promises';
import { cutFile } from '../../../lib/blocks/cut-file.ts';
import { systemErrorCode } from '../../../lib/errors.ts';
import type { BlockMap } from '../../../protocol/schemas/releases.ts';
import { readAt, type PartFile } from './part-file.ts';
import { offsetsOf } from './runs.ts';

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Takes over what is missing and is in another file, which may be missing, too, or change meanwhile. */
export async function reuseBlocks(
  part: PartFile,
  { map, from, signal }: { map: BlockMap; from: string; signal: AbortSignal },
): Promise<void> {
  const wanted = part.missing;
  if (wanted.length === 0) return;
  try {
    const places = await placesIn(from, signal);
    await using file = await open(from);
    for (const block of wanted) {
      signal.throwIfAborted();
      const place = places.get(map.blocks[block]?.[1] ?? '');
      if (place !== undefined) await part.put(block, await readAt(file, place));
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    // It cannot be read: then its blocks come over the network.
  }
}

/** By their hashes. */
async function placesIn(path: string, signal: AbortSignal): Promise<Map<string, Place>> {
  const cut = await cutFile(path, { signal });
  const offsets = offsetsOf(cut);
  return new Map(cut.blocks.map(([length, sha256], i) => [sha256, { offset: offsets[i] ?? 0, length }]));
}

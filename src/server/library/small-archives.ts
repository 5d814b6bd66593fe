import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../../lib/errors.ts';
import type { ArchiveRef } from '../../protocol/schemas/job.ts';
import type { ArchiveFiles } from './archive-files.ts';

/** Up to here an archive travels with its push; a larger one costs the socket more than a fetch costs the job. */
export const SMALL_ARCHIVE_BYTES = 32 * 1024;
const MAX_TOGETHER_BYTES = 128 * 1024;

/** Those of `wanted` that may travel with a push, in base64 by their hash. */
export async function readSmallArchives(
  files: Pick<ArchiveFiles, 'pathOf'>,
  wanted: readonly ArchiveRef[],
): Promise<Record<string, string>> {
  const contents = await Promise.all(
    choose(wanted).map(async (sha256) => [sha256, await readBase64(files.pathOf(sha256))] as const),
  );
  return Object.fromEntries(
    contents.flatMap(([sha256, text]) => (text === undefined ? [] : [[sha256, text]])),
  );
}

/** Each once, the first ones while there is room. */
function choose(wanted: readonly ArchiveRef[]): string[] {
  const chosen = new Set<string>();
  let bytes = 0;
  for (const { sha256, size } of wanted) {
    if (chosen.has(sha256) || size > SMALL_ARCHIVE_BYTES || bytes + size > MAX_TOGETHER_BYTES) continue;
    chosen.add(sha256);
    bytes += size;
  }
  return [...chosen];
}

/** Undefined when it has been removed: the agent's fetch will say so properly. */
async function readBase64(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'base64');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

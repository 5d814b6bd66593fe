import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutFile, type CutFile } from '../../src/lib/blocks/cut-file.ts';

/** The block map of what is in memory. */
export async function cutBytes(bytes: Uint8Array): Promise<CutFile> {
  const dir = mkdtempSync(join(tmpdir(), 'commander-cut-'));
  try {
    writeFileSync(join(dir, 'file'), bytes);
    return await cutFile(join(dir, 'file'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

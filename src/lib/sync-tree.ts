import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDir } from './atomic-file.ts';

/** Makes all that is in a folder outlast a power cut; the folder's own name in its parent is the caller's to see to. */
export async function syncTree(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncFile(path);
  }
  syncDir(dir);
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+'); // Windows flushes only what may be written
  await file.sync();
}

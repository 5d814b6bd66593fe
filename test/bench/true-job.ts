import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { World } from './world.ts';

/** Puts a job that only runs `true` into the library under `filename`. Returns the path of its archive of a kilobyte. */
export async function addTrueJob({ fleet }: World, filename: string): Promise<string> {
  const archivePath = join(fleet.dir, `${filename}.zip`);
  await writeArchive(archivePath, filename);
  await fleet.commander('library', 'add', archivePath, '--filename', filename, '--executor', 'bash');
  return archivePath;
}

async function writeArchive(path: string, script: string): Promise<void> {
  const zip = new ZipFile();
  // Random text does not shrink, so that the archive has its kilobyte.
  zip.addBuffer(Buffer.from(`true # ${randomBytes(420).toString('hex')}\n`), script);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

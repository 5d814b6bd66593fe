import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export type ZipContent = Readonly<Record<string, string | Buffer>>;

/** A zip archive in memory: name to content. */
export async function zipOf(content: ZipContent, options: { mode?: number } = {}): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, data] of Object.entries(content))
    zip.addBuffer(Buffer.from(data), name, { mode: options.mode ?? 0o100644, mtime: new Date(0) });
  zip.end();
  return await buffer(zip.outputStream);
}

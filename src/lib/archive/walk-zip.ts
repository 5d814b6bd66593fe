import { crc32 } from 'node:zlib';
import type * as yauzlModule from 'yauzl';
import type { Entry as ZipEntry, ZipFile } from 'yauzl';
import type { Content, Entry, RawEntry } from './archive-types.ts';
import type { WalkOptions } from './walk-options.ts';

const FILE_TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;
const FOLDER = 0o040000;
const REGULAR_FILE = 0o100000;
const DOS_FOLDER = 0x10;

type Yauzl = typeof yauzlModule;

/** An entry, where the zip has it, and where its bytes begin and end in the file. */
interface Listed {
  readonly entry: Entry;
  readonly zipEntry: ZipEntry;
}

/**
 * Every entry is admitted before the first is unpacked. Only the central directory is believed, and no two entries may
 * share bytes of the file, which is what lets a small zip unpack to petabytes.
 */
export async function walkZip(archivePath: string, options: WalkOptions): Promise<void> {
  const yauzl = await import('yauzl');
  // Names are decoded by us, so that a dangerous one meets our rules and gets our sentence.
  const zip = await yauzl.openPromise(archivePath, { autoClose: false, decodeStrings: false });
  try {
    const listed = await readDirectory(zip, yauzl, options);
    await refuseOverlaps(zip, listed, options);
    for (const { entry, zipEntry } of listed) {
      options.signal?.throwIfAborted();
      await options.visit(entry, options.guard.counted(entry, openContent(zip, zipEntry)));
    }
  } finally {
    zip.close();
  }
}

async function readDirectory(zip: ZipFile, yauzl: Yauzl, options: WalkOptions): Promise<Listed[]> {
  const listed: Listed[] = [];
  for await (const zipEntry of zip.eachEntry()) {
    options.signal?.throwIfAborted();
    listed.push({ zipEntry, entry: options.guard.admit(describe(zipEntry, yauzl)) });
  }
  return listed;
}

function describe(zipEntry: ZipEntry, yauzl: Yauzl): RawEntry {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = zipEntry;
  // Some Windows tools write backslashes between folders; read as slashes, "..\x" is "../x" and refused like it.
  const name = yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  const mode = zipEntry.externalFileAttributes >>> 16;
  return {
    name,
    kind: kindOf(zipEntry, name, mode),
    declaredBytes: zipEntry.uncompressedSize,
    executable: (mode & 0o100) !== 0,
  };
}

function kindOf(zipEntry: ZipEntry, name: string, mode: number): RawEntry['kind'] {
  const type = mode & FILE_TYPE_MASK;
  if (zipEntry.isEncrypted()) return { other: 'encrypted' };
  if (type === SYMBOLIC_LINK) return { other: 'a symbolic link' };
  if (name.endsWith('/') || type === FOLDER || (zipEntry.externalFileAttributes & DOS_FOLDER) !== 0)
    return zipEntry.uncompressedSize === 0 ? 'folder' : { other: 'a folder with content' };
  return type === 0 || type === REGULAR_FILE ? 'file' : { other: 'neither a file nor a folder' };
}

async function refuseOverlaps(zip: ZipFile, listed: readonly Listed[], options: WalkOptions): Promise<void> {
  const ranges: { start: number; end: number; path: string }[] = [];
  for (const { entry, zipEntry } of listed) {
    options.signal?.throwIfAborted();
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(zipEntry, { minimal: true });
    const end = fileDataStart + zipEntry.compressedSize;
    ranges.push({ start: zipEntry.relativeOffsetOfLocalHeader, end, path: entry.path });
  }
  ranges.sort((a, b) => a.start - b.start);
  ranges.forEach(({ end, path }, index) => {
    const next = ranges[index + 1];
    if (next !== undefined && next.start < end) options.guard.refuse(next.path, `overlaps entry "${path}"`);
  });
}

async function* openContent(zip: ZipFile, zipEntry: ZipEntry): Content {
  const stream = await zip.openReadStreamPromise(zipEntry);
  let sum = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== zipEntry.crc32) throw new Error('a checksum is wrong');
}

import { crc32, deflateRawSync } from 'node:zlib';

/** One entry, of which every claim can be a lie. */
export interface RawZipEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  readonly deflate?: boolean;
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Instead of the truth: */
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  /** Where the directory says the entry begins; the entry's own bytes are then left out. */
  readonly offset?: number;
  /** Sizes and offset in the zip64 extra field. */
  readonly zip64?: boolean;
}

/** A zip built byte by byte, for what no tool would write. */
export function rawZip(entries: readonly RawZipEntry[], { entryCount = entries.length } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const entry of entries) {
    const described = describe(entry);
    const local = entry.offset === undefined ? localEntry(described) : Buffer.alloc(0);
    directory.push(directoryEntry(described, entry.offset ?? position));
    parts.push(local);
    position += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entryCount, 8);
  end.writeUInt16LE(entryCount, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, listing, end]);
}

type Described = Required<Omit<RawZipEntry, 'content' | 'offset' | 'deflate'>> & {
  name: Buffer;
  data: Buffer;
};

function describe(entry: RawZipEntry): Described {
  const content = Buffer.from(entry.content ?? '');
  const data = entry.deflate === true ? deflateRawSync(content) : content;
  return {
    name: Buffer.from(entry.name),
    data,
    mode: entry.mode ?? 0o100644,
    flags: entry.flags ?? 0x800,
    method: entry.method ?? (entry.deflate === true ? 8 : 0),
    crc: entry.crc ?? crc32(content),
    size: entry.size ?? content.length,
    compressedSize: entry.compressedSize ?? data.length,
    zip64: entry.zip64 ?? false,
  };
}

function localEntry({ name, data, flags, method, crc, size, compressedSize }: Described): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(compressedSize, 18);
  head.writeUInt32LE(size, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name, data]);
}

function directoryEntry(entry: Described, offset: number): Buffer {
  const head = Buffer.alloc(46);
  const extra = entry.zip64 ? zip64Extra(entry, offset) : Buffer.alloc(0);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE((3 << 8) | 20, 4); // made on Unix
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(entry.flags, 8);
  head.writeUInt16LE(entry.method, 10);
  head.writeUInt32LE(entry.crc, 16);
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : entry.compressedSize, 20);
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : entry.size, 24);
  head.writeUInt16LE(entry.name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE((entry.mode << 16) >>> 0, 38);
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : offset, 42);
  return Buffer.concat([head, entry.name, extra]);
}

function zip64Extra({ size, compressedSize }: Described, offset: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  [size, compressedSize, offset].forEach((value, index) =>
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index),
  );
  return extra;
}

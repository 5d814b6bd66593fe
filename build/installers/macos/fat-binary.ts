/** One file that holds an executable for each kind of Mac; the system takes the part that fits. What `lipo -create` makes. */
const FAT_MAGIC = 0xcafebabe;
const THIN_MAGIC_64 = 0xfeedfacf;
const HEADER_SIZE = 8;
const PART_HEADER_SIZE = 20;
/** 16 KiB: pages of Apple silicon. Those of Intel, 4 KiB, fit into them. */
const ALIGNMENT_BITS = 14;

/** Throws when a part is not a thin 64-bit Mach-O file, or when two are for the same processor. */
export function writeFatBinary(parts: readonly Buffer[]): Buffer {
  const processors = parts.map(processorOf);
  if (new Set(processors.map(({ type }) => type)).size < parts.length)
    throw new Error('Cannot combine executables for one and the same processor');
  const offsets = offsetsOf(parts);
  const fat = Buffer.alloc((offsets.at(-1) ?? 0) + (parts.at(-1)?.length ?? 0));
  fat.writeUInt32BE(FAT_MAGIC, 0);
  fat.writeUInt32BE(parts.length, 4);
  parts.forEach((part, i) => {
    const { type, subtype } = processors[i] ?? { type: 0, subtype: 0 };
    const fields = [type, subtype, offsets[i] ?? 0, part.length, ALIGNMENT_BITS];
    fields.forEach((field, k) => fat.writeUInt32BE(field, HEADER_SIZE + i * PART_HEADER_SIZE + 4 * k));
    fat.set(part, offsets[i]);
  });
  return fat;
}

function processorOf(part: Buffer): { type: number; subtype: number } {
  if (part.length < HEADER_SIZE + 4 || part.readUInt32LE(0) !== THIN_MAGIC_64)
    throw new Error('Cannot combine: this is not a thin 64-bit Mach-O file');
  return { type: part.readUInt32LE(4), subtype: part.readUInt32LE(8) };
}

function offsetsOf(parts: readonly Buffer[]): number[] {
  let end = HEADER_SIZE + parts.length * PART_HEADER_SIZE;
  return parts.map((part) => {
    const start = alignUp(end);
    end = start + part.length;
    return start;
  });
}

function alignUp(offset: number): number {
  const unit = 1 << ALIGNMENT_BITS;
  return Math.ceil(offset / unit) * unit;
}

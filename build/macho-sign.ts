/**
 * An ad-hoc code signature for a thin 64-bit Mach-O executable, made anywhere. macOS on arm64 ends unsigned code at its start, and
 * injecting our code breaks the signature that Node came with; `codesign` exists on a Mac only.
 *
 * The signature is a SuperBlob holding one CodeDirectory: the SHA-256 of each 4 KiB page of the file up to the signature, which
 * is the file's last part, inside __LINKEDIT. Numbers of the file are little-endian, those of the signature big-endian.
 */
import { createHash } from 'node:crypto';

const MAGIC_64 = 0xfeedfacf;
const HEADER_SIZE = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SIGNATURE_COMMAND_SIZE = 16;
const VM_PAGE = 0x4000;

const SUPER_BLOB = 0xfade0cc0;
const SUPER_BLOB_SIZE = 20;
const CODE_DIRECTORY = 0xfade0c02;
/** The first version that tells where the executable segment is, which macOS needs of a main binary. */
const CODE_DIRECTORY_VERSION = 0x20400;
const CODE_DIRECTORY_SIZE = 88;
const FLAG_AD_HOC = 0x2;
const HASH_TYPE_SHA256 = 2;
const HASH_SIZE = 32;
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
const EXECUTABLE_IS_MAIN = 1n;

interface Segment {
  commandAt: number;
  fileOffset: number;
  fileSize: number;
  memorySize: number;
  firstSectionAt: number;
}

interface MachO {
  commandCount: number;
  commandsEnd: number;
  segments: Map<string, Segment>;
  /** The load command of a signature that is there already, and where that signature begins. */
  signature: { commandAt: number; dataAt: number } | undefined;
}

/** Returns `image` with a new ad-hoc signature in place of any it had. Throws when it is not a Mach-O that has room for one. */
export function signAdHoc(image: Uint8Array, identifier: string): Buffer {
  const macho = parseMachO(Buffer.from(image));
  const codeSize = alignTo(16, macho.signature?.dataAt ?? image.length);
  const signatureSize = alignTo(16, SUPER_BLOB_SIZE + codeDirectorySize(codeSize, identifier));
  const signed = Buffer.alloc(codeSize + signatureSize);
  signed.set(image.subarray(0, Math.min(codeSize, macho.signature?.dataAt ?? image.length)));
  announceSignature(signed, macho, { codeSize, signatureSize });
  writeSignature(signed, codeSize, { identifier, text: segmentOf(macho, '__TEXT') });
  return signed;
}

function parseMachO(image: Buffer): MachO {
  if (image.length < HEADER_SIZE || image.readUInt32LE(0) !== MAGIC_64)
    throw new Error('Cannot sign: this is not a thin 64-bit Mach-O file');
  const macho: MachO = {
    commandCount: image.readUInt32LE(16),
    commandsEnd: HEADER_SIZE + image.readUInt32LE(20),
    segments: new Map(),
    signature: undefined,
  };
  for (let at = HEADER_SIZE; at < macho.commandsEnd; at += image.readUInt32LE(at + 4)) {
    const command = image.readUInt32LE(at);
    if (command === LC_SEGMENT_64) macho.segments.set(segmentName(image, at), parseSegment(image, at));
    if (command === LC_CODE_SIGNATURE)
      macho.signature = { commandAt: at, dataAt: image.readUInt32LE(at + 8) };
  }
  return macho;
}

function segmentName(image: Buffer, at: number): string {
  return image.toString('latin1', at + 8, at + 24).replace(/\0.*$/s, '');
}

function parseSegment(image: Buffer, at: number): Segment {
  const sectionCount = image.readUInt32LE(at + 64);
  const sectionOffsets = Array.from({ length: sectionCount }, (_, i) =>
    image.readUInt32LE(at + 72 + i * 80 + 48),
  );
  return {
    commandAt: at,
    memorySize: Number(image.readBigUInt64LE(at + 32)),
    fileOffset: Number(image.readBigUInt64LE(at + 40)),
    fileSize: Number(image.readBigUInt64LE(at + 48)),
    firstSectionAt: Math.min(...sectionOffsets.filter((offset) => offset > 0)),
  };
}

function segmentOf(macho: MachO, name: string): Segment {
  const segment = macho.segments.get(name);
  if (segment === undefined) throw new Error(`Cannot sign: the Mach-O file has no ${name} segment`);
  return segment;
}

/** Writes what the loader reads: the LC_CODE_SIGNATURE command, and __LINKEDIT grown over the signature. */
function announceSignature(
  image: Buffer,
  macho: MachO,
  sizes: { codeSize: number; signatureSize: number },
): void {
  const commandAt = macho.signature?.commandAt ?? addSignatureCommand(image, macho);
  image.writeUInt32LE(sizes.codeSize, commandAt + 8);
  image.writeUInt32LE(sizes.signatureSize, commandAt + 12);
  const linkEdit = segmentOf(macho, '__LINKEDIT');
  const fileSize = sizes.codeSize + sizes.signatureSize - linkEdit.fileOffset;
  image.writeBigUInt64LE(BigInt(fileSize), linkEdit.commandAt + 48);
  image.writeBigUInt64LE(
    BigInt(Math.max(linkEdit.memorySize, alignTo(VM_PAGE, fileSize))),
    linkEdit.commandAt + 32,
  );
}

function addSignatureCommand(image: Buffer, macho: MachO): number {
  const at = macho.commandsEnd;
  if (at + SIGNATURE_COMMAND_SIZE > segmentOf(macho, '__TEXT').firstSectionAt)
    throw new Error('Cannot sign: no room for another load command before the first section');
  image.writeUInt32LE(macho.commandCount + 1, 16);
  image.writeUInt32LE(at + SIGNATURE_COMMAND_SIZE - HEADER_SIZE, 20);
  image.writeUInt32LE(LC_CODE_SIGNATURE, at);
  image.writeUInt32LE(SIGNATURE_COMMAND_SIZE, at + 4);
  return at;
}

/** Must come last: it hashes every byte before the signature, the load commands too. */
function writeSignature(
  image: Buffer,
  codeSize: number,
  { identifier, text }: { identifier: string; text: Segment },
): void {
  const blob = image.subarray(codeSize);
  const directorySize = codeDirectorySize(codeSize, identifier);
  blob.writeUInt32BE(SUPER_BLOB, 0);
  blob.writeUInt32BE(SUPER_BLOB_SIZE + directorySize, 4);
  blob.writeUInt32BE(1, 8); // blobs in it; the type of the first, 0, stands for a CodeDirectory
  blob.writeUInt32BE(SUPER_BLOB_SIZE, 16);

  const directory = blob.subarray(SUPER_BLOB_SIZE, SUPER_BLOB_SIZE + directorySize);
  const hashesAt = CODE_DIRECTORY_SIZE + Buffer.byteLength(identifier) + 1;
  directory.writeUInt32BE(CODE_DIRECTORY, 0);
  directory.writeUInt32BE(directorySize, 4);
  directory.writeUInt32BE(CODE_DIRECTORY_VERSION, 8);
  directory.writeUInt32BE(FLAG_AD_HOC, 12);
  directory.writeUInt32BE(hashesAt, 16);
  directory.writeUInt32BE(CODE_DIRECTORY_SIZE, 20); // where the identifier begins
  directory.writeUInt32BE(pageCount(codeSize), 28);
  directory.writeUInt32BE(codeSize, 32);
  directory.set([HASH_SIZE, HASH_TYPE_SHA256, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(BigInt(text.fileOffset), 64);
  directory.writeBigUInt64BE(BigInt(text.fileSize), 72);
  directory.writeBigUInt64BE(EXECUTABLE_IS_MAIN, 80);
  directory.write(identifier, CODE_DIRECTORY_SIZE);
  for (let page = 0; page < pageCount(codeSize); page++) {
    const bytes = image.subarray(page * PAGE, Math.min((page + 1) * PAGE, codeSize));
    directory.set(createHash('sha256').update(bytes).digest(), hashesAt + page * HASH_SIZE);
  }
}

function codeDirectorySize(codeSize: number, identifier: string): number {
  return CODE_DIRECTORY_SIZE + Buffer.byteLength(identifier) + 1 + pageCount(codeSize) * HASH_SIZE;
}

function pageCount(codeSize: number): number {
  return Math.ceil(codeSize / PAGE);
}

function alignTo(unit: number, size: number): number {
  return Math.ceil(size / unit) * unit;
}

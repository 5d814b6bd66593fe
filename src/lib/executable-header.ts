/** What the tables in an executable file say of it, whatever its name may be. */
export interface ExecutableHeader {
  readonly os: 'linux' | 'win' | 'macos';
  /** Undefined for a processor that we know nothing of. */
  readonly arch: 'x64' | 'arm64' | undefined;
  /** The file has at least so many bytes, or it is cut off. */
  readonly bytesNeeded: number;
}

/** Reads a part of the file; what lies behind its end is zero. */
export type ReadAt = (at: number, length: number) => Promise<Buffer>;

const HEAD_BYTES = 4096;
const ELF = 0x7f454c46;
const MACH_O_64 = 0xfeedfacf;
const MZ = 0x5a4d;
const PE = 0x4550;
const ELF_SEGMENT_BYTES = 56;
/** Fixed in memory, or movable. */
const ELF_PROGRAM_TYPES = [2, 3];
const LC_SEGMENT_64 = 0x19;
const PE_SECTION_BYTES = 40;
const MAX_COMMAND_BYTES = 64 * 1024;

const ELF_MACHINES: Archs = { 62: 'x64', 183: 'arm64' };
const PE_MACHINES: Archs = { 0x8664: 'x64', 0xaa64: 'arm64' };
const MACH_O_PROCESSORS: Archs = { 0x1000007: 'x64', 0x100000c: 'arm64' };
type Archs = Readonly<Record<number, ExecutableHeader['arch']>>;

/** Of a 64-bit ELF, PE or Mach-O file; undefined for anything else. */
export async function readExecutableHeader(read: ReadAt): Promise<ExecutableHeader | undefined> {
  const head = await read(0, HEAD_BYTES);
  if (head.readUInt32BE(0) === ELF) return await readElf(head, read);
  if (head.readUInt32LE(0) === MACH_O_64) return await readMachO(head, read);
  return head.readUInt16LE(0) === MZ ? await readPe(head, read) : undefined;
}

async function readElf(head: Buffer, read: ReadAt): Promise<ExecutableHeader | undefined> {
  // Packing moves the table of segments to the end of the file.
  const [table, count] = [readOffset(head, 32), head.readUInt16LE(56)];
  // What the kernel does not take for a program, libc gives to a shell.
  if (!ELF_PROGRAM_TYPES.includes(head.readUInt16LE(16))) return undefined;
  if (head.readUInt16LE(54) !== ELF_SEGMENT_BYTES || count === 0) return undefined;
  const segments = await read(table, ELF_SEGMENT_BYTES * count);
  const ends = rows(ELF_SEGMENT_BYTES, count).map(
    (at) => readOffset(segments, at + 8) + readOffset(segments, at + 32),
  );
  const sectionTable = readOffset(head, 40) + head.readUInt16LE(58) * head.readUInt16LE(60);
  return {
    os: 'linux',
    arch: ELF_MACHINES[head.readUInt16LE(18)],
    bytesNeeded: Math.max(table + segments.length, sectionTable, ...ends),
  };
}

async function readMachO(head: Buffer, read: ReadAt): Promise<ExecutableHeader> {
  const length = Math.min(head.readUInt32LE(20), MAX_COMMAND_BYTES);
  const commands = await read(32, length + HEAD_BYTES); // so that a wrong length of the last one reads no further
  const ends: number[] = [];
  for (let at = 0, size = 0; at < length; at += size) {
    const isSegment = commands.readUInt32LE(at) === LC_SEGMENT_64;
    if (isSegment) ends.push(readOffset(commands, at + 40) + readOffset(commands, at + 48));
    size = commands.readUInt32LE(at + 4);
    if (size === 0) break;
  }
  return {
    os: 'macos',
    arch: MACH_O_PROCESSORS[head.readUInt32LE(4)],
    bytesNeeded: Math.max(32 + length, ...ends),
  };
}

async function readPe(head: Buffer, read: ReadAt): Promise<ExecutableHeader | undefined> {
  const pe = await read(head.readUInt32LE(0x3c), HEAD_BYTES);
  if (pe.readUInt32LE(0) !== PE) return undefined;
  const sections = pe.subarray(24 + pe.readUInt16LE(20));
  const count = Math.min(pe.readUInt16LE(6), Math.floor(sections.length / PE_SECTION_BYTES));
  const ends = rows(PE_SECTION_BYTES, count).map(
    (at) => sections.readUInt32LE(at + 16) + sections.readUInt32LE(at + 20),
  );
  // A signature lies behind all sections; its directory is the only one that is given by its place in the file.
  const signatureEnd = pe.readUInt32LE(168) + pe.readUInt32LE(172);
  return {
    os: 'win',
    arch: PE_MACHINES[pe.readUInt16LE(4)],
    bytesNeeded: Math.max(signatureEnd, ...ends),
  };
}

/** Where each row of a table begins. */
function rows(size: number, count: number): number[] {
  return Array.from({ length: count }, (_, row) => row * size);
}

function readOffset(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

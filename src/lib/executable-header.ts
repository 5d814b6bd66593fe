/** What the head of an executable file says of it, whatever its name may be. */
export interface ExecutableHeader {
  readonly os: 'linux' | 'win' | 'macos';
  /** Undefined for a processor that we know nothing of. */
  readonly arch: 'x64' | 'arm64' | undefined;
  /** The file has at least so many bytes, or it is cut off. */
  readonly bytesNeeded: number;
}

/** Enough for every table that is read here; the tables of a Mach-O file are the longest. */
export const HEADER_BYTES = 64 * 1024;

const ELF = 0x7f454c46;
const MACH_O_64 = 0xfeedfacf;
const MZ = 0x5a4d;
const PE = 0x4550;
const PE32_PLUS = 0x20b;
const LC_SEGMENT_64 = 0x19;

const ELF_MACHINES: Archs = { 62: 'x64', 183: 'arm64' };
const PE_MACHINES: Archs = { 0x8664: 'x64', 0xaa64: 'arm64' };
const MACH_O_PROCESSORS: Archs = { 0x1000007: 'x64', 0x100000c: 'arm64' };
type Archs = Readonly<Record<number, ExecutableHeader['arch']>>;

/** Reads the first `HEADER_BYTES` of a 64-bit ELF, PE or Mach-O file; undefined for anything else. */
export function readExecutableHeader(head: Buffer): ExecutableHeader | undefined {
  try {
    if (head.readUInt32BE(0) === ELF) return readElf(head);
    if (head.readUInt32LE(0) === MACH_O_64) return readMachO(head);
    return head.readUInt16LE(0) === MZ ? readPe(head) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a table that is not there
    throw error;
  }
}

function readElf(head: Buffer): ExecutableHeader {
  const segments = { at: readOffset(head, 32), size: head.readUInt16LE(54), count: head.readUInt16LE(56) };
  const ends = rows(segments).map((at) => readOffset(head, at + 8) + readOffset(head, at + 32));
  const sectionTable = readOffset(head, 40) + head.readUInt16LE(58) * head.readUInt16LE(60);
  return {
    os: 'linux',
    arch: ELF_MACHINES[head.readUInt16LE(18)],
    bytesNeeded: Math.max(sectionTable, ...ends),
  };
}

function readMachO(head: Buffer): ExecutableHeader {
  let bytesNeeded = 0;
  for (let left = head.readUInt32LE(16), at = 32; left > 0; left--) {
    const isSegment = head.readUInt32LE(at) === LC_SEGMENT_64;
    if (isSegment) bytesNeeded = Math.max(bytesNeeded, readOffset(head, at + 40) + readOffset(head, at + 48));
    at += head.readUInt32LE(at + 4);
  }
  return { os: 'macos', arch: MACH_O_PROCESSORS[head.readUInt32LE(4)], bytesNeeded };
}

function readPe(head: Buffer): ExecutableHeader | undefined {
  const pe = head.readUInt32LE(0x3c);
  const optional = pe + 24;
  if (head.readUInt32LE(pe) !== PE || head.readUInt16LE(optional) !== PE32_PLUS) return undefined;
  const sections = { at: optional + head.readUInt16LE(pe + 20), size: 40, count: head.readUInt16LE(pe + 6) };
  const ends = rows(sections).map((at) => head.readUInt32LE(at + 16) + head.readUInt32LE(at + 20));
  // The signature lies behind all sections and is the only directory that is given by its place in the file.
  const signature = optional + 112 + 4 * 8;
  return {
    os: 'win',
    arch: PE_MACHINES[head.readUInt16LE(pe + 4)],
    bytesNeeded: Math.max(head.readUInt32LE(signature) + head.readUInt32LE(signature + 4), ...ends),
  };
}

/** Where each row of a table begins. */
function rows({ at, size, count }: { at: number; size: number; count: number }): number[] {
  return Array.from({ length: count }, (_, row) => at + row * size);
}

function readOffset(head: Buffer, at: number): number {
  return Number(head.readBigUInt64LE(at));
}

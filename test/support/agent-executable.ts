import { writeFileSync } from 'node:fs';
import { releaseMark } from '../../src/protocol/release-mark.ts';
import type { ReleasePlatform, ReleaseTarget } from '../../src/protocol/schemas/releases.ts';

/** Between the tables of a small executable and its end. */
const BODY_AT = 0x400;

/** What `npm run package` makes, as far as the server looks at it: tables that say machine and length, a mark, and `content`. */
export function agentExecutable(release: ReleaseTarget, content = ''): Buffer {
  return executable(release.platform, `${releaseMark(release)}${content}`);
}

/** An executable of any program. */
export function executable(platform: ReleasePlatform, content: string): Buffer {
  const body = Buffer.from(content);
  const file = Buffer.concat([Buffer.alloc(BODY_AT), body]);
  const [os, arch] = platform.split('-') as ['linux' | 'win' | 'macos', 'x64' | 'arm64'];
  WRITERS[os](file, { arch, length: body.length });
  return file;
}

/** @returns the path */
export function writeAgentExecutable(path: string, release: ReleaseTarget, content?: string): string {
  writeFileSync(path, agentExecutable(release, content));
  return path;
}

interface Shape {
  arch: 'x64' | 'arm64';
  length: number;
}

const WRITERS = { linux: writeElf, win: writePe, macos: writeMachO };

function writeElf(file: Buffer, { arch, length }: Shape): void {
  file.write('\x7fELF', 'latin1');
  file.writeUInt16LE(2, 16); // a program
  file.writeUInt16LE(arch === 'x64' ? 62 : 183, 18);
  file.writeBigUInt64LE(64n, 32); // where the segments are described
  file.writeUInt16LE(56, 54); // in so many bytes each
  file.writeUInt16LE(1, 56); // one of them
  file.writeBigUInt64LE(BigInt(BODY_AT), 64 + 8);
  file.writeBigUInt64LE(BigInt(length), 64 + 32);
}

function writePe(file: Buffer, { arch, length }: Shape): void {
  const pe = 0x80;
  file.write('MZ', 'latin1');
  file.writeUInt32LE(pe, 0x3c);
  file.write('PE', pe, 'latin1');
  file.writeUInt16LE(arch === 'x64' ? 0x8664 : 0xaa64, pe + 4);
  file.writeUInt16LE(1, pe + 6); // one section
  file.writeUInt16LE(240, pe + 20); // the optional header's length
  file.writeUInt32LE(length, pe + 24 + 240 + 16);
  file.writeUInt32LE(BODY_AT, pe + 24 + 240 + 20);
}

function writeMachO(file: Buffer, { arch, length }: Shape): void {
  file.writeUInt32LE(0xfeedfacf);
  file.writeUInt32LE(arch === 'x64' ? 0x1000007 : 0x100000c, 4);
  file.writeUInt32LE(1, 16); // one command
  file.writeUInt32LE(72, 20); // of so many bytes
  file.writeUInt32LE(0x19, 32); // a segment
  file.writeUInt32LE(72, 36);
  file.writeBigUInt64LE(BigInt(BODY_AT), 32 + 40);
  file.writeBigUInt64LE(BigInt(length), 32 + 48);
}

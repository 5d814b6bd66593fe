import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NtExecutable } from 'resedit';
import { writeVersionResource } from '../../../build/version-resource.ts';

/** A small program in place of the real agent, which takes long to compress. */
export function writeLinuxStandIn(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '#!/bin/sh\necho stand-in\n', { mode: 0o755 });
  return path;
}

/** A Windows executable of our version that does nothing. */
export function writeWindowsStandIn(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(NtExecutable.createEmpty().generate()));
  writeVersionResource(path, path, {
    version,
    productName: 'Commander',
    description: 'A stand-in',
    fileName: 'commander-agent.exe',
  });
  return path;
}

const CPU = { arm64: 0x0100000c, x64: 0x01000007 };

/** As much of a thin Mach-O file as tells which processor it is for. */
export function machOStandIn(arch: keyof typeof CPU, filler: string): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(CPU[arch], 4);
  header.writeUInt32LE(arch === 'arm64' ? 0 : 3, 8);
  header.writeUInt32LE(2, 12); // an executable
  return Buffer.concat([header, Buffer.from(filler)]);
}

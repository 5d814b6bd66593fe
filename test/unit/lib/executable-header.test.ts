import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readExecutableHeader, type ExecutableHeader } from '../../../src/lib/executable-header.ts';
import { executable } from '../../support/agent-executable.ts';

describe('readExecutableHeader', () => {
  test.each([
    ['linux-x64', 'linux', 'x64'],
    ['linux-arm64', 'linux', 'arm64'],
    ['win-x64', 'win', 'x64'],
    ['macos-x64', 'macos', 'x64'],
    ['macos-arm64', 'macos', 'arm64'],
  ] as const)('knows an executable for %s, and how long it has to be', async (platform, os, arch) => {
    const file = executable(platform, 'code');
    expect(await read(file)).toEqual({ os, arch, bytesNeeded: file.length });
  });

  test('finds tables that lie behind the code', async () => {
    const file = Buffer.concat([executable('linux-x64', 'code'), Buffer.alloc(10_000)]);
    const table = file.length - 100;
    file.copy(file, table, 64, 64 + 56);
    file.writeBigUInt64LE(BigInt(table), 32);
    expect(await read(file)).toEqual({ os: 'linux', arch: 'x64', bytesNeeded: table + 56 });
  });

  test('counts the signature of a Windows executable, which no section holds', async () => {
    const file = executable('win-x64', 'code');
    file.writeUInt32LE(5000, 0x80 + 168);
    file.writeUInt32LE(300, 0x80 + 172);
    expect((await read(file))?.bytesNeeded).toBe(5300);
  });

  test('names no processor that it does not know', async () => {
    const file = executable('linux-x64', 'code');
    file.writeUInt16LE(243, 18);
    expect(await read(file)).toMatchObject({ os: 'linux', arch: undefined });
  });

  test.each([
    ['that is only a part of one', 16, 1],
    ['whose segments are described otherwise', 54, 32],
    ['without segments', 56, 0],
  ])('takes a file for Linux %s for no executable', async (_what, at, value) => {
    const file = executable('linux-x64', 'code');
    file.writeUInt16LE(value, at);
    expect(await read(file)).toBeUndefined();
  });

  test('knows the program that runs this test', async () => {
    const file = readFileSync(process.execPath);
    const header = await read(file);
    expect(header?.arch).toBe(process.arch);
    expect(header?.bytesNeeded).toBeGreaterThan(file.length / 2);
    expect(header?.bytesNeeded).toBeLessThanOrEqual(file.length);
  });

  test.each(['', 'MZ', '#!/bin/sh\n', '\x7fEL', 'MZ'.padEnd(5000, '\xff')])(
    'takes %j for no executable',
    async (text) => {
      expect(await read(Buffer.from(text, 'latin1'))).toBeUndefined();
    },
  );

  test.each(['linux-x64', 'win-x64', 'macos-x64'] as const)(
    'ends on a table for %s that was written to confuse it',
    async (platform) => {
      const file = executable(platform, 'code');
      file.fill(0xff, 6, 16).fill(0xff, 20, 54).fill(0xff, 56, 60).fill(0xff, 0x84, 0x94);
      const header = await read(file);
      expect(header === undefined || header.bytesNeeded >= file.length).toBe(true);
    },
  );
});

async function read(file: Buffer): Promise<ExecutableHeader | undefined> {
  return await readExecutableHeader((at, length) => {
    const part = Buffer.alloc(length);
    if (at < file.length) file.copy(part, 0, at);
    return Promise.resolve(part);
  });
}

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { signAdHoc } from '../../../build/macho-sign.ts';

const CODE_OFFSET = 0x1000;
const LINKEDIT_OFFSET = 0x4000;

describe('signAdHoc', () => {
  test('signs every page of a file that had no signature', () => {
    const image = machO({ linkEditSize: 5001 });

    const signed = signAdHoc(image, 'com.example.agent');

    expect(readSignature(signed)).toEqual({
      identifier: 'com.example.agent',
      flags: 2,
      codeSize: LINKEDIT_OFFSET + 5008, // the next multiple of 16
      badPages: [],
      textSegment: { offset: 0n, size: BigInt(LINKEDIT_OFFSET) },
      endsAt: signed.length,
    });
  });

  test('leaves the code as it was', () => {
    const image = machO({ linkEditSize: 64 });

    const signed = signAdHoc(image, 'a');

    expect(signed.subarray(CODE_OFFSET, image.length)).toEqual(image.subarray(CODE_OFFSET));
  });

  test('grows __LINKEDIT over the signature', () => {
    const signed = signAdHoc(machO({ linkEditSize: 64 }), 'a');

    const [fileOffset, fileSize, memorySize] = linkEditOf(signed);
    expect(fileOffset + fileSize).toBe(signed.length);
    expect(memorySize).toBeGreaterThanOrEqual(fileSize);
  });

  test('replaces a signature that is there already', () => {
    const once = signAdHoc(machO({ linkEditSize: 9000 }), 'first');

    const twice = signAdHoc(once, 'second');

    expect(twice.readUInt32LE(16)).toBe(once.readUInt32LE(16)); // no second load command
    expect(readSignature(twice)).toEqual({
      ...readSignature(once),
      identifier: 'second',
      endsAt: twice.length,
    });
  });

  test('a changed byte no longer matches its page', () => {
    const signed = signAdHoc(machO({ linkEditSize: 64 }), 'a');
    signed.writeUInt8(signed.readUInt8(0x2345) ^ 1, 0x2345);

    expect(readSignature(signed).badPages).toEqual([2]);
  });

  test.each([
    ['an ELF file', Buffer.from('\x7fELF'.padEnd(64, '\0'), 'latin1'), 'not a thin 64-bit Mach-O'],
    ['an empty file', Buffer.alloc(0), 'not a thin 64-bit Mach-O'],
    ['a file without room for the command', machO({ linkEditSize: 64, firstSectionAt: 260 }), 'no room'],
  ])('refuses %s', (_name, image, message) => {
    expect(() => signAdHoc(image, 'a')).toThrow(message);
  });
});

/** The smallest file that has what signing looks at: __TEXT with one section, then __LINKEDIT at the end. */
function machO({
  linkEditSize,
  firstSectionAt = CODE_OFFSET,
}: {
  linkEditSize: number;
  firstSectionAt?: number;
}) {
  const image = Buffer.alloc(LINKEDIT_OFFSET + linkEditSize);
  for (let at = CODE_OFFSET; at < image.length; at++) image[at] = (at * 31) & 0xff;
  const textCommandSize = 72 + 80;
  const textAt = 32;
  const linkEditAt = textAt + textCommandSize;
  image.writeUInt32LE(0xfeedfacf, 0);
  image.writeUInt32LE(2, 16);
  image.writeUInt32LE(textCommandSize + 72, 20);
  writeSegment(image, textAt, { name: '__TEXT', size: textCommandSize, offset: 0, bytes: LINKEDIT_OFFSET });
  image.writeUInt32LE(1, textAt + 64);
  image.writeUInt32LE(firstSectionAt, textAt + 72 + 48);
  writeSegment(image, linkEditAt, {
    name: '__LINKEDIT',
    size: 72,
    offset: LINKEDIT_OFFSET,
    bytes: linkEditSize,
  });
  return image;
}

function writeSegment(
  image: Buffer,
  at: number,
  segment: { name: string; size: number; offset: number; bytes: number },
): void {
  image.writeUInt32LE(0x19, at);
  image.writeUInt32LE(segment.size, at + 4);
  image.write(segment.name, at + 8);
  image.writeBigUInt64LE(BigInt(segment.bytes), at + 32);
  image.writeBigUInt64LE(BigInt(segment.offset), at + 40);
  image.writeBigUInt64LE(BigInt(segment.bytes), at + 48);
}

function findCommand(image: Buffer, wanted: (at: number) => boolean): number {
  let at = 32;
  for (let i = 0; i < image.readUInt32LE(16); i++) {
    if (wanted(at)) return at;
    at += image.readUInt32LE(at + 4);
  }
  throw new Error('No such load command');
}

function linkEditOf(image: Buffer): [fileOffset: number, fileSize: number, memorySize: number] {
  const at = findCommand(image, (at) => image.toString('latin1', at + 8, at + 18) === '__LINKEDIT');
  return [40, 48, 32].map((field) => Number(image.readBigUInt64LE(at + field))) as [number, number, number];
}

/** Reads the signature as macOS does, from the load command on, and hashes every page again. */
function readSignature(image: Buffer) {
  const command = findCommand(image, (at) => image.readUInt32LE(at) === 0x1d);
  const blob = image.subarray(image.readUInt32LE(command + 8));
  const directory = blob.subarray(blob.readUInt32BE(16));
  expect([blob.readUInt32BE(0), directory.readUInt32BE(0)]).toEqual([0xfade0cc0, 0xfade0c02]);
  const [hashesAt, identifierAt] = [directory.readUInt32BE(16), directory.readUInt32BE(20)];
  const codeSize = directory.readUInt32BE(32);
  const pages = Array.from({ length: directory.readUInt32BE(28) }, (_, page) => page);
  expect(pages).toHaveLength(Math.ceil(codeSize / 4096));
  const badPages = pages.filter((page) => {
    const bytes = image.subarray(page * 4096, Math.min((page + 1) * 4096, codeSize));
    const wanted = directory.subarray(hashesAt + page * 32, hashesAt + page * 32 + 32);
    return !createHash('sha256').update(bytes).digest().equals(wanted);
  });
  return {
    identifier: directory.toString('utf8', identifierAt, directory.indexOf(0, identifierAt)),
    flags: directory.readUInt32BE(12),
    codeSize,
    badPages,
    textSegment: { offset: directory.readBigUInt64BE(64), size: directory.readBigUInt64BE(72) },
    endsAt: image.readUInt32LE(command + 8) + image.readUInt32LE(command + 12),
  };
}

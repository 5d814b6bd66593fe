import { describe, expect, test } from '@jest/globals';
import { decodeOutput } from '../../../../src/lib/process/decode-output.ts';

const LITTLE = Buffer.from([0xff, 0xfe]);
const BIG = Buffer.from([0xfe, 0xff]);

function utf16(text: string, mark: Buffer): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return Buffer.concat([mark, mark === BIG ? bytes.swap16() : bytes]);
}

function whole(bytes: Buffer): string {
  return decodeOutput({ head: bytes, tail: new Uint8Array(), totalBytes: bytes.length });
}

describe('a whole output', () => {
  test.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from('grüße ☃ 𝄞'), 'grüße ☃ 𝄞'],
    ['UTF-8 with a mark', Buffer.from('\ufeffhi'), 'hi'],
    ['NUL and control characters', Buffer.from('a\0b\u001b[0m\r\n'), 'a\0b\u001b[0m\r\n'],
    ['invalid bytes', Buffer.from([0x61, 0xff, 0xc3, 0x62, 0xe2, 0x82]), 'a\ufffd\ufffdb\ufffd'],
    ['surrogates written as UTF-8', Buffer.from([0xed, 0xa0, 0x80]), '\ufffd\ufffd\ufffd'],
    ['UTF-16, little end first', utf16('grüße 𝄞', LITTLE), 'grüße 𝄞'],
    ['UTF-16, big end first', utf16('grüße 𝄞', BIG), 'grüße 𝄞'],
    ['UTF-16 with a lone surrogate', utf16('a\ud834b', LITTLE), 'a\ufffdb'],
    ['UTF-16 that ends within a unit', Buffer.concat([utf16('a', LITTLE), Buffer.from([0x62])]), 'a\ufffd'],
    ['nothing', Buffer.alloc(0), ''],
  ])('of %s', (_, bytes, text) => {
    expect(whole(bytes)).toBe(text);
  });
});

describe('an output whose middle is missing, cut at every offset', () => {
  const text = 'aé☃𝄞b'.repeat(3);
  test.each<[string, Buffer, (bytes: Uint8Array) => number]>([
    ['UTF-8', Buffer.from(text), (bytes) => bytes.length],
    ['UTF-16, little end first', utf16(text, LITTLE), (bytes) => bytes.length],
    ['UTF-16, big end first', utf16(text, BIG), (bytes) => bytes.length],
  ])('%s has no broken character, and tells the missing bytes', (name, bytes) => {
    const reference = name === 'UTF-8' ? 'utf8' : 'utf16le';
    const markBytes = name === 'UTF-8' ? 0 : 2;
    for (let headLength = markBytes; headLength < bytes.length; headLength++) {
      for (let tailStart = headLength + 1; tailStart <= bytes.length; tailStart++) {
        const ends = { head: bytes.subarray(0, headLength), tail: bytes.subarray(tailStart) };
        const decoded = decodeOutput({ ...ends, totalBytes: bytes.length });
        const [, head = '?', missing, tail = '?'] =
          /^(.*)\n\[\.\.\. (\d+) bytes left out \.\.\.\]\n(.*)$/.exec(decoded) ?? [];
        expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
        const shown = Buffer.byteLength(head, reference) + Buffer.byteLength(tail, reference);
        expect(shown + Number(missing)).toBe(bytes.length - markBytes);
        expect(Number(missing)).toBeLessThanOrEqual(tailStart - headLength + 6);
      }
    }
  });
});

test('whatever the bytes are, the text is well formed', () => {
  for (let first = 0; first < 256; first++) {
    const bytes = Buffer.from([first, 0xfe, 0xd8, first, 0xdc, 0x00, first]);
    expect(whole(bytes).isWellFormed()).toBe(true);
    expect(decodeOutput({ head: bytes, tail: bytes, totalBytes: 100 }).isWellFormed()).toBe(true);
  }
});

import type { OutputEnds } from './read-output.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * Text for people and JSON: UTF-8, or UTF-16 when it begins with that byte order mark. Whatever is invalid becomes U+FFFD,
 * and no lone surrogate is ever let out, which JSON parsers elsewhere choke on. Where the middle is missing, a line says how
 * many bytes; a character cut in two by that counts as missing.
 */
export function decodeOutput({ head, tail, totalBytes }: OutputEnds): string {
  const encoding = encodingOf(head);
  if (head.length === totalBytes) return decode(head, encoding);
  const wholeHead = head.subarray(0, head.length - splitAtEnd(head, encoding));
  const wholeTail = tail.subarray(splitAtStart(tail, encoding, totalBytes - tail.length));
  const missing = totalBytes - wholeHead.length - wholeTail.length;
  return [
    decode(wholeHead, encoding),
    `[... ${missing} bytes left out ...]`,
    decode(wholeTail, encoding, true),
  ].join('\n');
}

function encodingOf(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decode(bytes: Uint8Array, encoding: Encoding, isTail = false): string {
  // Only the stream's first bytes are a mark; the same bytes later on are text.
  return new TextDecoder(encoding, { ignoreBOM: isTail }).decode(bytes);
}

/** How many bytes at the end of `head` begin a character that they do not finish. */
function splitAtEnd(head: Uint8Array, encoding: Encoding): number {
  if (encoding === 'utf-8') return unfinishedUtf8(head);
  const odd = head.length % 2;
  return isSurrogate(head, head.length - odd - 2, { encoding, from: 0xd8 }) ? odd + 2 : odd;
}

/** How many bytes at the start of `tail`, which begins at `offset` of the stream, finish a character that began before it. */
function splitAtStart(tail: Uint8Array, encoding: Encoding, offset: number): number {
  if (encoding === 'utf-8') return leadingContinuations(tail);
  const odd = Math.min(offset % 2, tail.length);
  return isSurrogate(tail, odd, { encoding, from: 0xdc }) ? odd + 2 : odd;
}

function unfinishedUtf8(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    if (!isContinuation(byte)) return sequenceLength(byte) > length ? length : 0;
  }
  return 0;
}

/** A character has at most three bytes after its first. */
function leadingContinuations(bytes: Uint8Array): number {
  const start = bytes.subarray(0, 3);
  const first = start.findIndex((byte) => !isContinuation(byte));
  return first === -1 ? start.length : first;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** Whether the unit at `index` is one of the 1,024 surrogates whose high byte begins at `from`. */
function isSurrogate(bytes: Uint8Array, index: number, unit: { encoding: Encoding; from: number }): boolean {
  const high = bytes[unit.encoding === 'utf-16le' ? index + 1 : index];
  return index >= 0 && high !== undefined && (high & 0xfc) === unit.from;
}

import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/lib/errors.ts';
import { formatJoinToken, parseJoinToken, type JoinToken } from '../../../src/protocol/join-token.ts';

const joinToken: JoinToken = {
  serverUrl: 'https://commander.example:8443',
  fingerprint: '0123456789abcdef'.repeat(4),
  registrationKey: '6f1c6a9e-27c4-4c0c-8b3c-0f3f6c2f1c11',
};
const text = formatJoinToken(joinToken);

/** A token whose checksum is right, with any content. */
function tokenOf(content: unknown): string {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString(
    'base64url',
  );
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return `cmdr1.${body}.${sum.toString('base64url')}`;
}

function refusalOf(token: string): AppError {
  try {
    parseJoinToken(token);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error(`"${token}" was not refused with an AppError`);
}

describe('a join token', () => {
  test('says what it was made of', () => {
    expect(parseJoinToken(text)).toEqual(joinToken);
  });

  test('survives being wrapped and indented on its way through a terminal', () => {
    expect(parseJoinToken(`  ${text.slice(0, 80)}\r\n  ${text.slice(80)}\n`)).toEqual(joinToken);
  });

  test('has room for fields that later versions add', () => {
    expect(
      parseJoinToken(
        tokenOf([joinToken.serverUrl, joinToken.fingerprint, joinToken.registrationKey, 'more']),
      ),
    ).toEqual(joinToken);
  });

  test('is refused when cut short, wherever it was cut', () => {
    const accepted = Array.from({ length: text.length }, (_, end) => text.slice(0, end)).filter(
      (cut) => refusalOf(cut).code !== 'TOKEN_INVALID',
    );
    expect(accepted).toEqual([]);
  });

  test('is refused with any one character mistyped', () => {
    for (let at = 0; at < text.length; at++) {
      const typo = text[at] === 'x' ? 'y' : 'x';
      expect(refusalOf(text.slice(0, at) + typo + text.slice(at + 1)).code).toBe('TOKEN_INVALID');
    }
  });

  test.each([
    ['something else altogether', 'hello', 'it does not start with "cmdr1."'],
    ['a cut token', text.slice(0, -3), 'cut short or mistyped'],
    ['two tokens in one', text + text, 'cut short or mistyped'],
    ['content that is not JSON', tokenOf('nonsense'), 'its content cannot be read'],
    [
      'content that is not a list',
      tokenOf({ serverUrl: 'https://a:1' }),
      'not a server, a fingerprint and a key',
    ],
    [
      'too few fields',
      tokenOf(['https://a:1', joinToken.fingerprint]),
      'not a server, a fingerprint and a key',
    ],
    ['a field that is no text', tokenOf(['https://a:1', joinToken.fingerprint, 7]), 'not a server'],
    ['a server that is no URL', tokenOf(['a b', joinToken.fingerprint, 'key']), 'its server "a b"'],
    [
      'a server without TLS',
      tokenOf(['http://a:1', joinToken.fingerprint, 'key']),
      'its server "http://a:1"',
    ],
    ['a server with a path', tokenOf(['https://a:1/x', joinToken.fingerprint, 'key']), '"https://host:port"'],
    [
      'a fingerprint that is none',
      tokenOf(['https://a:1', 'abc', 'key']),
      '"abc" is not a SHA-256 fingerprint',
    ],
    ['no key', tokenOf(['https://a:1', joinToken.fingerprint, '']), 'its registration key is empty'],
  ])('is refused as %s, saying so', (_, token, sentence) => {
    const refusal = refusalOf(token);
    expect([refusal.code, refusal.message]).toEqual(['TOKEN_INVALID', expect.stringContaining(sentence)]);
  });
});

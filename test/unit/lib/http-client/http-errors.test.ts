import { describe, expect, test } from '@jest/globals';
import { describeError } from '../../../../src/lib/errors.ts';
import { errorOfReply, errorTextOf, unreachable } from '../../../../src/lib/http-client/http-errors.ts';
import { readWire } from '../../../support/wire-fixture.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

describe('a status that is no success', () => {
  test.each([
    [400, 'SERVER_REFUSED', false],
    [401, 'SERVER_REFUSED', false],
    [403, 'SERVER_REFUSED', false],
    [404, 'SERVER_REFUSED', false],
    [408, 'SERVER_ERROR', true],
    [413, 'SERVER_REFUSED', false],
    [429, 'SERVER_ERROR', true],
    [500, 'SERVER_ERROR', true],
    [502, 'SERVER_ERROR', true],
    [503, 'SERVER_ERROR', true],
  ] as const)('%i is %s, worth another try: %s', (status, code, retryable) => {
    const error = errorOfReply('fetch it', { status, headers: {}, text: '' }, NOW);
    expect({ code: error.code, retryable: error.retryable }).toEqual({ code, retryable });
  });

  test('is told in the words of the server', () => {
    const text = readWire('agent/error.json');
    const said = (JSON.parse(text) as { error: string }).error;
    const error = errorOfReply('fetch it', { status: 400, headers: {}, text }, NOW);
    expect(describeError(error)).toBe(`Cannot fetch it: The server answered 400: ${said}`);
  });

  test('carries how long to wait', () => {
    const reply = { status: 503, headers: { 'retry-after': '7' }, text: '' };
    expect(errorOfReply('fetch it', reply, NOW).retryAfterMs).toBe(7000);
  });
});

test.each([
  ['{"error":"no"}', 'no'],
  ['{"msg":"Token has expired"}', 'Token has expired'],
  ['{"code":500,"name":"x","description":"y"}', 'y'],
  ['{"error":{"nested":true}}', undefined],
  ['null', undefined],
  [readWire('nginx/502.html'), undefined],
])('the server says in %j: %s', (text, said) => {
  expect(errorTextOf({ text })).toBe(said);
});

describe('what cannot be reached', () => {
  test.each([
    ['ECONNREFUSED', 'Cannot reach "https://a.example:1": connect ECONNREFUSED'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'Cannot reach "https://a.example:1", which shows a certificate that the trusted root did not sign: it is another ' +
        'server, or somebody is in between: connect SELF_SIGNED_CERT_IN_CHAIN',
    ],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'Cannot reach "https://a.example:1", whose certificate is not for the name "a.example": connect ERR_TLS_CERT_ALTNAME_INVALID',
    ],
  ])('for %s', (code, message) => {
    const error = unreachable('https://a.example:1', systemError(code));
    expect({ code: error.code, retryable: error.retryable, message: describeError(error) }).toEqual({
      code: 'SERVER_UNREACHABLE',
      retryable: true,
      message,
    });
  });
});

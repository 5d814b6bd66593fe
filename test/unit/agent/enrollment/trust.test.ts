import { describe, expect, test } from '@jest/globals';
import { resolveTrust } from '../../../../src/agent/enrollment/trust.ts';
import type { EnrollOrder } from '../../../../src/protocol/endpoint.ts';
import { formatJoinToken } from '../../../../src/protocol/join-token.ts';

const fingerprint = 'ab'.repeat(32);
const server = 'https://commander.example:8443';
const token = formatJoinToken({ serverUrl: server, fingerprint, registrationKey: 'k' });

test.each<[string, EnrollOrder, object]>([
  ['a token', { token }, { serverUrl: server, fingerprint, registrationKey: 'k', capyUrl: undefined }],
  [
    'a fingerprint, in the form that openssl prints',
    { server, registrationKey: 'k', caFingerprint: `SHA256:${'AB:'.repeat(31)}AB` },
    { serverUrl: server, fingerprint, registrationKey: 'k', capyUrl: undefined },
  ],
  [
    'trust on first use',
    { server: 'commander.example:8443', registrationKey: 'k', trustOnFirstUse: true },
    { serverUrl: server, fingerprint: undefined, registrationKey: 'k', capyUrl: undefined },
  ],
  [
    'an original with its CAPy',
    { server, registrationKey: 'k', caFingerprint: fingerprint, capy: 'http://capy.example:5000/' },
    { serverUrl: server, fingerprint, registrationKey: 'k', capyUrl: 'http://capy.example:5000' },
  ],
  [
    'a fingerprint that also says to trust anything: the fingerprint counts',
    { server, registrationKey: 'k', caFingerprint: fingerprint, trustOnFirstUse: true },
    { serverUrl: server, fingerprint, registrationKey: 'k', capyUrl: undefined },
  ],
])('%s says whom to trust', (_, order, trust) => {
  expect(resolveTrust(order)).toEqual(trust);
});

describe('refused', () => {
  test.each<[string, EnrollOrder, string, RegExp]>([
    ['nothing at all', {}, 'TRUST_MISSING', /^Nothing says which server to join/],
    [
      'nothing to know the server by',
      { server, registrationKey: 'k' },
      'TRUST_MISSING',
      /"--ca-fingerprint"/,
    ],
    ['no right to join', { server, caFingerprint: fingerprint }, 'USAGE', /"--registration-key"/],
    ['a token that was cut short', { token: token.slice(0, -9) }, 'TOKEN_INVALID', /cut short or mistyped/],
    [
      'a fingerprint that was cut short',
      { server, registrationKey: 'k', caFingerprint: 'ab:cd' },
      'TOKEN_INVALID',
      /64 hex digits/,
    ],
    ['a token and a server', { token, server }, 'USAGE', /leave out "--server"/],
    [
      'a token and trust in anything',
      { token, trustOnFirstUse: true },
      'USAGE',
      /leave out "--trust-on-first-use"/,
    ],
    [
      'a server without TLS',
      { server: 'http://x', registrationKey: 'k', caFingerprint: fingerprint },
      'USAGE',
      /"--server" needs .*not "http:\/\/x"/,
    ],
    [
      'a server with a path',
      { server: 'https://x/y', registrationKey: 'k', caFingerprint: fingerprint },
      'USAGE',
      /not "https:\/\/x\/y"/,
    ],
    [
      'a server that is no address',
      { server: 'https://', registrationKey: 'k', caFingerprint: fingerprint },
      'USAGE',
      /not "https:\/\/"/,
    ],
    [
      'a CAPy over TLS, which it never spoke',
      { server, registrationKey: 'k', caFingerprint: fingerprint, capy: 'https://x' },
      'USAGE',
      /"--capy" needs/,
    ],
  ])('%s', (_, order, code, message) => {
    expect(() => resolveTrust(order)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  fingerprintMatches,
  fingerprintOf,
  normalizeFingerprint,
} from '../../../src/protocol/fingerprint.ts';
import { parseWire } from '../../support/wire-fixture.ts';

const { root } = parseWire('capy/root-trust.json') as { root: string };
/** As `openssl x509 -fingerprint -sha256` prints it. */
const asOpensslPrints =
  '4D:77:38:DD:70:E6:EE:37:20:51:3F:F0:29:63:82:09:09:E8:A3:D5:34:6B:8C:D4:94:0C:34:31:8A:76:C4:25';
const hex = asOpensslPrints.replaceAll(':', '').toLowerCase();

describe('fingerprintOf', () => {
  test('agrees with openssl', () => {
    expect(fingerprintOf(root)).toBe(hex);
  });

  test('does not depend on the text around the certificate', () => {
    expect(fingerprintOf(`subject: CN=Commander CA\r\n${root.replaceAll('\n', '\r\n')}\r\n`)).toBe(hex);
  });

  test.each([
    ['a second certificate that would be trusted along', root + root],
    ['no certificate', 'hello'],
    ['an empty text', ''],
    ['a broken one', root.replace('MII', 'AAA')],
  ])('refuses %s', (_, pem) => {
    expect(() => fingerprintOf(pem)).toThrow(expect.objectContaining({ code: 'CERTIFICATE_INVALID' }));
  });
});

describe('normalizeFingerprint', () => {
  test.each([
    asOpensslPrints,
    hex.toUpperCase(),
    `SHA256:${hex}`,
    `sha-256=${asOpensslPrints}`,
    ` ${hex.slice(0, 32)} ${hex.slice(32)}\n`,
  ])('takes %s', (text) => {
    expect(normalizeFingerprint(text)).toBe(hex);
  });

  test.each(['', hex.slice(1), `${hex}0`, hex.replace(/./, 'g'), `sha1:${hex}`])('refuses "%s"', (text) => {
    expect(() => normalizeFingerprint(text)).toThrow(
      expect.objectContaining({
        code: 'TOKEN_INVALID',
        message: expect.stringContaining(`"${text}"`) as unknown,
      }),
    );
  });
});

describe('fingerprintMatches', () => {
  test.each([
    ['the very fingerprint', hex, true],
    ['it in another form', asOpensslPrints, true],
    ['another one', '0'.repeat(64), false],
  ])('%s: %s, %s', (_, fingerprint, answer) => {
    expect(fingerprintMatches(root, fingerprint)).toBe(answer);
  });

  test('does not take a cut fingerprint for a wrong certificate', () => {
    expect(() => fingerprintMatches(root, hex.slice(0, 40))).toThrow('64 hex digits are needed');
  });
});

import { expect, test } from '@jest/globals';
import { redactField, redactText } from '../../../src/lib/redact.ts';

const KEY = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\nEEIB\n-----END EC PRIVATE KEY-----';

test.each([
  ['a private key', `before ${KEY} after`, 'before [redacted] after'],
  ['two private keys', `${KEY}, ${KEY}`, '[redacted], [redacted]'],
  ['a private key that was cut short', 'see -----BEGIN PRIVATE KEY-----\nMHcC', 'see [redacted]'],
  ['a join token', 'token cmdr1.WyJo-_dHR.AbCd, again', 'token [redacted], again'],
  ['a token without its checksum', 'cmdr1.WyJo', '[redacted]'],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMII', '-----BEGIN CERTIFICATE-----\nMII'],
  ['plain text', 'nothing to hide', 'nothing to hide'],
])('text with %s', (_, text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test('fields are hidden by their name at any depth, and texts are searched', () => {
  const fields = {
    token: 't',
    list: [{ Password: 'p', registrationKey: 'r' }, 'cmdr1.abc'],
    headers: { authorization: 'Bearer x', accept: '*/*' },
    key: { pem: 'x' },
    keys: 3,
    size: 12n,
    monkey: 'stays',
  };
  expect(JSON.parse(JSON.stringify(fields, redactField))).toEqual({
    token: '[redacted]',
    list: [{ Password: '[redacted]', registrationKey: '[redacted]' }, '[redacted]'],
    headers: { authorization: '[redacted]', accept: '*/*' },
    key: '[redacted]',
    keys: 3,
    size: '12',
    monkey: 'stays',
  });
});

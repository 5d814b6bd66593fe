import { expect, test } from '@jest/globals';
import { readLegacyRequest } from '../../../../src/server/ca/legacy-request.ts';

test('a host name is enough, in either case', () => {
  expect(readLegacyRequest({ hostname: 'A.Example' })).toEqual({
    hostname: 'a.example',
    name: 'a.example',
    subject: [],
    altNames: ['a.example'],
    maxDays: 825,
    keyBits: 2048,
  });
});

test('every option is taken, but never a role', () => {
  const request = {
    hostname: 'h',
    maxDays: 30,
    CN: 'Host H',
    DNS: ['*.h.example', 'h'],
    C: 'DE',
    ST: 'BE',
    L: 'Berlin',
    A: 'Street 1',
    O: 'Org',
    OU: 'admin',
    E: 'a@h.example',
    publicExponent: 65537,
    keySize: 4096,
  };
  expect(readLegacyRequest(request)).toEqual({
    hostname: 'h',
    name: 'Host H',
    subject: [
      ['C', 'DE'],
      ['ST', 'BE'],
      ['L', 'Berlin'],
      ['2.5.4.9', 'Street 1'],
      ['O', 'Org'],
      ['E', 'a@h.example'],
    ],
    altNames: ['h', '*.h.example'],
    maxDays: 30,
    keyBits: 4096,
  });
});

test('a request without a host name is refused in the original’s words', () => {
  expect(() => readLegacyRequest({ CN: 'h' })).toThrow(
    expect.objectContaining({ code: 'NAME_INVALID', message: 'hostname not found in the request' }),
  );
});

test.each([
  ['a b'],
  ['../x'],
  [''],
  ['a..b'],
  ['x'.repeat(64)],
  [`${'a.'.repeat(127)}b`],
  ['grüße'],
  [7],
  [null],
])('the host name %j is refused in the original’s words', (hostname) => {
  expect(() => readLegacyRequest({ hostname })).toThrow(
    expect.objectContaining({
      code: 'NAME_INVALID',
      message: 'hostname in the request was not standard FQDN format',
    }),
  );
});

test.each([
  ['maxDays', 827],
  ['maxDays', 0],
  ['maxDays', '30'],
  ['keySize', 1024],
  ['keySize', 16384],
  ['publicExponent', 3],
  ['CN', 'x'.repeat(65)],
  ['CN', 7],
  ['DNS', 'h.example'],
  ['DNS', ['a b']],
  ['C', 'Germany'],
  ['O', ['x']],
  ['E', 'ä@h.example'],
])('%s %j is refused, and the sentence names the option', (option, value) => {
  expect(() => readLegacyRequest({ hostname: 'h', [option]: value })).toThrow(
    expect.objectContaining({
      code: 'CERTIFICATE_INVALID',
      message: expect.stringContaining(option) as unknown,
    }),
  );
});

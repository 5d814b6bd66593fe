import { describe, expect, test } from '@jest/globals';
import { checkIdentityFile } from '../../../../src/agent/enrollment/identity-file.ts';

const file = {
  version: 1,
  agentID: 'a',
  serverUrl: 'https://x',
  issuer: 'server',
  enrolledAt: '2026-11-23T08:00:00.000Z',
  pair: 'pair-1',
};

test.each([
  file,
  { ...file, issuer: 'capy', machine: 'm', candidate: 'pair-2' },
  { ...file, fromTheFuture: 1 },
])('%j is an identity', (value) => {
  expect(checkIdentityFile(JSON.stringify(value), 'identity.json')).toEqual(value);
});

describe('what is none says so, and what to do', () => {
  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(file).slice(0, 40)],
    ['zero bytes', '\0\0\0\0'],
    ['something else', '[]'],
    ['null', 'null'],
    ['no agent', JSON.stringify({ ...file, agentID: undefined })],
    ['an unknown issuer', JSON.stringify({ ...file, issuer: 'else' })],
    ['a candidate that is no name', JSON.stringify({ ...file, candidate: 7 })],
  ])('%s', (_, text) => {
    expect(() => checkIdentityFile(text, 'dir/identity.json')).toThrow(
      expect.objectContaining({
        code: 'STATE_CORRUPT',
        message: 'The identity in "dir/identity.json" cannot be read; enrol again with "--force"',
      }),
    );
  });

  test('a newer version', () => {
    expect(() => checkIdentityFile(JSON.stringify({ ...file, version: 2 }), 'x')).toThrow(
      expect.objectContaining({ code: 'STATE_TOO_NEW' }),
    );
  });
});

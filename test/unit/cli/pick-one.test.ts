import { expect, test } from '@jest/globals';
import { pickOne } from '../../../src/cli/pick-one.ts';

const hosts = [
  { id: 'a1b2', name: 'web' },
  { id: 'a1c3', name: 'web-1' },
  { id: 'd4e5', name: 'db' },
];
const naming = {
  kind: 'host',
  notFound: 'AGENT_NOT_FOUND',
  namesOf: ({ id, name }: (typeof hosts)[number]) => [name, id],
} as const;

test.each([
  ['a whole ID', 'd4e5', 'd4e5'],
  ['the beginning of an ID', 'd', 'd4e5'],
  ['a name', 'web-1', 'a1c3'],
  ['the beginning of a name', 'web-', 'a1c3'],
  ['a whole name that others begin with', 'web', 'a1b2'],
  ['another case', 'DB', 'd4e5'],
])('one is found by %s', (_how, text, id) => {
  expect(pickOne(hosts, text, naming).id).toBe(id);
});

test.each(['x', ''])('"%s" names none', (text) => {
  expect(() => pickOne(hosts, text, naming)).toThrow(
    expect.objectContaining({ code: 'AGENT_NOT_FOUND', message: `There is no host "${text}"` }),
  );
});

test('what may be several is refused with the candidates', () => {
  expect(() => pickOne(hosts, 'a1', naming)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: '"a1" may be any of 2 hosts: web a1b2, web-1 a1c3; give a longer one',
    }),
  );
});

test('of many candidates only some are listed', () => {
  const many = Array.from({ length: 12 }, (_, index) => ({ id: `a${index}`, name: 'web' }));
  expect(() => pickOne(many, 'web', naming)).toThrow(
    '"web" may be any of 12 hosts: web a0, web a1, web a2, web a3, web a4, …; give a longer one',
  );
});

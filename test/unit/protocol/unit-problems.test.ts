import { expect, test } from '@jest/globals';
import type { Schedule, ServiceSpec } from '../../../src/protocol/schemas/desired.ts';
import { scheduleProblem, serviceProblems } from '../../../src/protocol/unit-problems.ts';
import { sampleService } from '../../support/sample-service.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');

test.each<[Schedule, string | undefined]>([
  [{ cron: '*/15 8-18 * * mon-fri', timeZone: 'Europe/Berlin' }, undefined],
  [{ everySeconds: 900 }, undefined],
  [{ at: '2026-11-23T08:00:01Z' }, undefined],
  [{ at: '2026-11-23T08:00:00Z' }, '"2026-11-23T08:00:00Z" is in the past; give a time to come'],
  [{ cron: '0 0 30 2 *' }, 'The cron line "0 0 30 2 *" is never due'],
  [
    { cron: '0 8 * * *', timeZone: 'Europe/Atlantis' },
    'There is no time zone "Europe/Atlantis"; use an IANA name such as "Europe/Berlin": Invalid time zone specified: Europe/Atlantis',
  ],
  [{}, 'A schedule says exactly one of "cron", "everySeconds" and "at"'],
  [
    { everySeconds: 1, at: '2027-01-01T00:00:00Z' },
    'A schedule says exactly one of "cron", "everySeconds" and "at"',
  ],
])('of the schedule %j it says %j', async (schedule, problem) => {
  expect(await scheduleProblem(schedule, NOW)).toBe(problem);
});

test('of a cron line that cannot be understood it names the line, and why', async () => {
  expect(await scheduleProblem({ cron: '61 8 * * *' }, NOW)).toMatch(
    /^Cannot understand the cron line "61 8 \* \* \*": .+/,
  );
});

test.each<[string, Record<string, string[]>, Record<string, string>]>([
  ['a chain is fine', { a: ['b'], b: ['c'], c: [] }, {}],
  ['two ways to the same are fine', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, {}],
  ['what is missing', { a: ['x'] }, { a: 'It depends on "x", which is not on this endpoint' }],
  ['itself', { a: ['a'] }, { a: 'It depends on itself: a -> a' }],
  [
    'a cycle, but not who only leads to it',
    { a: ['b'], b: ['c'], c: ['b'] },
    { b: 'It depends on itself: b -> c -> b', c: 'It depends on itself: c -> b -> c' },
  ],
])('dependencies: %s', (_, dependencies, problems) => {
  const specs = Object.entries(dependencies).map(([name, dependsOn]) => sampleService({ name, dependsOn }));
  const found = serviceProblems(specs).map(({ name, message }) => [name, message] as const);
  expect(Object.fromEntries(found)).toEqual(problems);
});

test.each<[ServiceSpec['probe'], string | undefined]>([
  [undefined, undefined],
  [{ kind: 'process' }, undefined],
  [{ kind: 'tcp' }, 'Its probe has no port'],
  [{ kind: 'http', path: '/' }, 'Its probe has no port'],
  [{ kind: 'http', port: 80 }, undefined],
  [{ kind: 'command' }, 'Its probe has no command'],
])('a probe that cannot be asked is a problem: %j', (probe, problem) => {
  expect(serviceProblems([sampleService({ ...(probe && { probe }) })])[0]?.message).toBe(problem);
});

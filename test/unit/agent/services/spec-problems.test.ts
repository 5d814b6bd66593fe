import { expect, test } from '@jest/globals';
import { specProblems } from '../../../../src/agent/services/spec-problems.ts';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import { sampleService } from '../../../support/sample-service.ts';

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
  expect(Object.fromEntries(specProblems(specs))).toEqual(problems);
});

test.each<[ServiceSpec['probe'], string | undefined]>([
  [{ kind: 'process' }, undefined],
  [{ kind: 'tcp' }, 'Its probe has no port'],
  [{ kind: 'http', path: '/' }, 'Its probe has no port'],
  [{ kind: 'http', port: 80 }, undefined],
  [{ kind: 'command' }, 'Its probe has no command'],
])('a probe that cannot be asked is a problem: %j', (probe, problem) => {
  expect(specProblems([sampleService({ ...(probe && { probe }) })]).get('web')).toBe(problem);
});

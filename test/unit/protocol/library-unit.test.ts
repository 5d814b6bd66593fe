import { describe, expect, test } from '@jest/globals';
import { unitNameOf, unitOf, type UnitRules } from '../../../src/protocol/library-unit.ts';

describe('rules make of an archive', () => {
  test.each<[string, UnitRules, unknown]>([
    ['a job, when they do not say otherwise', { schedule: { everySeconds: 60 } }, undefined],
    ['a job', { kind: 'job' }, undefined],
    [
      'a task named for its file',
      { kind: 'task', schedule: { everySeconds: 60 }, restart: 'always' },
      { kind: 'task', name: 'clean-up', schedule: { everySeconds: 60 } },
    ],
    [
      'a task without a schedule, which is for others to judge',
      { kind: 'task', name: 'other', argv: ['-v'] },
      { kind: 'task', name: 'other', argv: ['-v'], schedule: {} },
    ],
    [
      'a service with its rules, and with nothing else',
      { kind: 'service', restart: 'never', dependsOn: ['db'], ...{ description: 'Serves' } },
      { kind: 'service', name: 'clean-up', restart: 'never', dependsOn: ['db'] },
    ],
  ])('%s', (_what, rules, unit) => {
    expect(unitOf(rules, 'Clean up.sh')).toEqual(unit);
  });
});

test.each([
  ['backup.py', 'backup'],
  ['Nightly Backup.tar.gz', 'nightly-backup.tar'],
  ['web', 'web'],
  ['.profile', 'profile'],
  ['__main__.py', 'main'],
  ['データ.sh', 'unit'],
  [`${'x'.repeat(80)}.sh`, 'x'.repeat(63)],
])('a unit of the file "%s" is called "%s"', (filename, name) => {
  expect(unitNameOf(filename)).toBe(name);
});

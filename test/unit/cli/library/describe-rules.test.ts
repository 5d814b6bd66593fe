import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { describeRules, describeSchedule } from '../../../../src/cli/library/describe-rules.ts';
import type { LibraryUnit } from '../../../../src/protocol/schemas/admin/library.ts';
import type { Probe } from '../../../../src/protocol/schemas/desired.ts';

test.each<[LibraryUnit | undefined, Record<string, string>]>([
  [undefined, { Kind: 'job' }],
  [
    {
      kind: 'task',
      name: 'backup',
      argv: ['--full', 'a b'],
      schedule: {
        everySeconds: 900,
        splaySeconds: 60,
        missed: 'run-once',
        overlap: 'skip',
        retries: { limit: 2, backoffSeconds: 30 },
      },
    },
    {
      Kind: 'task',
      Name: 'backup',
      Arguments: '"--full" "a b"',
      Due: 'every 15 min',
      Splay: 'up to 1 min',
      Missed: 'run-once',
      Overlap: 'skip',
      Retries: '2, after 30 s',
    },
  ],
  [
    { kind: 'service', name: 'web' },
    { Kind: 'service', Name: 'web' },
  ],
  [
    {
      kind: 'service',
      name: 'web',
      restart: 'always',
      restartBudget: { limit: 5, windowSeconds: 600 },
      stopGraceSeconds: 10,
      probe: {
        kind: 'http',
        port: 80,
        path: '/x',
        intervalSeconds: 5,
        timeoutSeconds: 2,
        failureThreshold: 3,
        startupSeconds: 9,
      },
      dependsOn: ['a', 'b'],
      log: { maxBytes: 1_000_000, files: 2 },
    },
    {
      Kind: 'service',
      Name: 'web',
      Restart: 'always',
      'Restart limit': '5 within 10 min',
      'Stop grace': '10 s',
      Probe: 'http:80/x, every 5 s, answer within 2 s, 3 failures, startup 9 s',
      'Depends on': 'a, b',
      Log: '2 files of 1.0 MB',
    },
  ],
])('%j is told in words', (unit, fields) => {
  const said = Object.entries(describeRules(unit)).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(said)).toEqual(fields);
});

test.each([
  [{ cron: '0 2 * * *' }, '0 2 * * *'],
  [{ cron: '0 2 * * *', timeZone: 'Asia/Tokyo' }, '0 2 * * * (Asia/Tokyo)'],
  [{ at: '2027-01-01T00:00:00Z' }, `once at ${localTime('2027-01-01T00:00:00Z')}`],
])('%j is a schedule in words', (schedule, words) => {
  expect(describeSchedule(schedule)).toBe(words);
});

test.each<[Probe, string]>([
  [{ kind: 'process' }, 'process'],
  [{ kind: 'tcp', port: 80 }, 'tcp:80'],
  [{ kind: 'command', command: ['./check', '-q'] }, 'command ./check -q'],
])('%j is a probe in words', (probe, words) => {
  expect(describeRules({ kind: 'service', name: 'x', probe })['Probe']).toBe(words);
});

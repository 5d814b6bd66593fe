import { describe, expect, test } from '@jest/globals';
import type { UnitFlags } from '../../../../src/cli/library/unit-options.ts';
import { overlayRules, sayRules } from '../../../../src/cli/library/unit-rules.ts';
import type { UnitRules } from '../../../../src/protocol/library-unit.ts';

const TASK: UnitRules = {
  kind: 'task',
  schedule: { cron: '0 2 * * *', timeZone: 'Europe/Berlin', splaySeconds: 60, missed: 'skip' },
};
const SERVICE: UnitRules = {
  kind: 'service',
  restart: 'always',
  probe: { kind: 'tcp', port: 80, intervalSeconds: 5 },
  log: { maxBytes: 5000, files: 2 },
};

describe('what flags say is laid over what was there:', () => {
  test.each<[string, UnitRules, UnitFlags, UnitRules]>([
    ['nothing over nothing is a job', {}, {}, { kind: 'job' }],
    [
      'a name and rules of a task',
      TASK,
      { name: 'x', missed: 'run-once' },
      { ...TASK, name: 'x', schedule: { ...TASK.schedule, missed: 'run-once' } },
    ],
    [
      'another time of a task, whose zone goes with the old one',
      TASK,
      { every: 900 },
      { kind: 'task', schedule: { everySeconds: 900, splaySeconds: 60, missed: 'skip' } },
    ],
    [
      'retries, a minute apart',
      { kind: 'task', schedule: { everySeconds: 1 } },
      { retries: 3 },
      { kind: 'task', schedule: { everySeconds: 1, retries: { limit: 3, backoffSeconds: 60 } } },
    ],
    ['a kind alone', {}, { kind: 'service' }, { kind: 'service' }],
    [
      'rules of a service',
      SERVICE,
      { restart: 'never', restartLimit: { limit: 1, windowSeconds: 2 }, stopGrace: 3, dependsOn: ['db'] },
      {
        ...SERVICE,
        restart: 'never',
        restartBudget: { limit: 1, windowSeconds: 2 },
        stopGraceSeconds: 3,
        dependsOn: ['db'],
      },
    ],
    [
      'times of the probe that is there',
      SERVICE,
      { probeInterval: 9, probeTimeout: 2, probeFailures: 4, startup: 30 },
      {
        ...SERVICE,
        probe: {
          kind: 'tcp',
          port: 80,
          intervalSeconds: 9,
          timeoutSeconds: 2,
          failureThreshold: 4,
          startupSeconds: 30,
        },
      },
    ],
    [
      'another probe, with times of its own',
      SERVICE,
      { probe: { kind: 'process' } },
      { ...SERVICE, probe: { kind: 'process' } },
    ],
    [
      'how large a log file grows',
      SERVICE,
      { logSize: 9000 },
      { ...SERVICE, log: { maxBytes: 9000, files: 2 } },
    ],
    [
      'how many log files there are, of the endpoint’s own size',
      { kind: 'service' },
      { logFiles: 3 },
      { kind: 'service', log: { maxBytes: 10_485_760, files: 3 } },
    ],
  ])('%s', (_what, before, flags, expected) => {
    expect(overlayRules(before, flags)).toEqual(expected);
  });

  test('arguments, which replace the old ones', () => {
    expect(overlayRules({ ...SERVICE, argv: ['a'] }, {}, ['b', 'c'])).toEqual({
      ...SERVICE,
      argv: ['b', 'c'],
    });
  });
});

describe('it refuses', () => {
  test.each<[string, UnitRules, UnitFlags, string, string]>([
    [
      'a time of a job',
      {},
      { cron: '* * * * *' },
      'USAGE',
      '"--cron" is for tasks; if this is one, say "--kind task" too',
    ],
    [
      'a probe of a task',
      TASK,
      { probe: { kind: 'process' } },
      'USAGE',
      '"--probe" is for services, and this is a task',
    ],
    ['a schedule of a service', SERVICE, { every: 1 }, 'USAGE', '"--every" is for tasks'],
    ['a name of a job', {}, { name: 'x' }, 'USAGE', '"--name" is for tasks and services'],
    [
      'a task without a schedule',
      {},
      { kind: 'task', splay: 1 },
      'USAGE',
      'A task needs a schedule: give one of',
    ],
    [
      'two times at once',
      {},
      { kind: 'task', every: 1, at: 'x' },
      'USAGE',
      'Give only one of --cron, --every and --at',
    ],
    ['a back-off without retries', TASK, { retryBackoff: 1 }, 'USAGE', '"--retry-backoff" needs "--retries"'],
    [
      'times of no probe',
      { kind: 'service' },
      { probeInterval: 1 },
      'USAGE',
      'There is no probe to set times of',
    ],
    [
      'another kind than the manifest’s',
      TASK,
      { kind: 'job' },
      'MANIFEST_INVALID',
      'manifest.json says kind "task", but --kind says "job"; make the two agree',
    ],
  ])('%s', (_what, before, flags, code, message) => {
    expect(() => overlayRules(before, flags)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test('arguments of a job', () => {
    expect(() => overlayRules({}, {}, ['-v'])).toThrow('A job gets its arguments with each');
  });
});

test.each<[UnitFlags & { json?: true }, boolean]>([
  [{ json: true }, false],
  [{ name: 'x' }, true],
  [{ retries: 0 }, true],
  [{ logFiles: 1 }, true],
])('of %j it is said whether they say anything of a unit: %s', (flags, expected) => {
  expect(sayRules(flags)).toBe(expected);
});

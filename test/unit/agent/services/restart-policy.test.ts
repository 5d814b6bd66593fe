import { describe, expect, test } from '@jest/globals';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import {
  afterEnd,
  consequenceOf,
  describeEnd,
  type Verdict,
} from '../../../../src/agent/services/restart-policy.ts';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import type { ServiceRecord } from '../../../../src/store/agent/service-store.ts';
import { sampleService } from '../../../support/sample-service.ts';

const NOW = 1_000_000;

function judge(
  spec: Partial<ServiceSpec>,
  { exitCode, sick, ...record }: { exitCode?: number; sick?: string } & Partial<ServiceRecord> = {},
): Verdict {
  const end = { startedAt: NOW - 10, endedAt: NOW, ...(exitCode === undefined ? {} : { exitCode }) };
  return afterEnd({ ...newRecord('web', 0), ...record }, sampleService(spec), { end, sick });
}

describe('a service that has ended', () => {
  test.each<[ServiceSpec['restart'], { exitCode?: number; sick?: string }, Verdict['then']]>([
    ['always', { exitCode: 0 }, 'restart'],
    ['always', { exitCode: 1 }, 'restart'],
    ['on-failure', { exitCode: 0 }, 'stay'],
    ['on-failure', { exitCode: 1 }, 'restart'],
    ['on-failure', {}, 'restart'],
    ['on-failure', { exitCode: 0, sick: 'no answer' }, 'restart'],
    ['never', { exitCode: 0 }, 'stay'],
    ['never', { exitCode: 1 }, 'park'],
    [undefined, { exitCode: 0 }, 'restart'],
  ])('by policy %j after %j: %s', (restart, end, then) => {
    expect(judge(restart === undefined ? {} : { restart }, end).then).toBe(then);
  });

  test.each<[string, number[], Verdict]>([
    [
      'times out of the window do not count',
      [NOW - 60_000, NOW - 59_999],
      {
        then: 'restart',
        problem: expect.any(String) as unknown as string,
        restartTimes: [NOW - 59_999, NOW],
      },
    ],
    [
      'times from before the clock was set back do not count',
      [NOW + 1, NOW + 2],
      { then: 'restart', problem: expect.any(String) as unknown as string, restartTimes: [NOW] },
    ],
    [
      'one more than the budget has parks it',
      [NOW - 2, NOW - 1],
      {
        then: 'park',
        problem:
          'Parked: more than 2 restarts within 60 s (ended by signal 9); "commander-agent services restart web" starts it again',
      },
    ],
  ])('has a budget: %s', (_, restartTimes, verdict) => {
    const restartBudget = { limit: 2, windowSeconds: 60 };
    expect(judge({ restartBudget }, { exitCode: 137, restartTimes })).toEqual(verdict);
  });

  test.each<[string, Partial<ServiceRecord>, Verdict['then']]>([
    ['twice', { good: sampleService({ argv: ['old'] }), failedStarts: 2 }, 'restart'],
    ['three times', { good: sampleService({ argv: ['old'] }), failedStarts: 3 }, 'go-back'],
    ['three times, having been healthy before', { good: sampleService(), failedStarts: 3 }, 'restart'],
    ['three times, with nothing to go back to', { failedStarts: 3 }, 'restart'],
  ])('before it was healthy, %s', (_, record, then) => {
    expect(judge({}, { exitCode: 1, ...record }).then).toBe(then);
  });
});

test('going back puts the good version in place, and remembers the other', () => {
  const [spec, good] = [sampleService(), sampleService({ argv: ['old'] })];
  const record = { ...newRecord('web', 0), spec, good, failedStarts: 3, restartTimes: [1] };
  expect(consequenceOf({ then: 'go-back', problem: 'bad' }, record)).toEqual({
    state: 'starting',
    spec: good,
    rejected: { spec, problem: 'bad' },
    failedStarts: 0,
    restartTimes: [],
  });
});

test.each<[number | undefined, string]>([
  [0, 'exited with code 0'],
  [128, 'exited with code 128'],
  [143, 'ended by signal 15'],
  [255, 'exited with code 255'],
  [3221225477, 'exited with code 3221225477'],
  [undefined, 'it is not known how it ended'],
])('exit code %j is told as "%s"', (exitCode, text) => {
  expect(describeEnd(exitCode === undefined ? {} : { exitCode })).toBe(text);
});

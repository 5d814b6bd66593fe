import { expect, test } from '@jest/globals';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import { allowedExecutors, archiveLimits, probationLimits } from '../../../../src/agent/config/limits.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';

const config = defaultConfig(currentPlatform());

test.each([
  [['*'], undefined],
  [['bash', '*'], undefined],
  [['bash'], ['bash']],
])('executors %j allow %j', (executors, allowed) => {
  expect(allowedExecutors({ ...config, jobs: { ...config.jobs, executors } })).toEqual(allowed);
});

test('what may be unpacked is as configured', () => {
  const archive = { ...config.jobs.archive, maxEntries: 7 };
  expect(archiveLimits({ ...config, jobs: { ...config.jobs, archive } }).maxEntries).toBe(7);
});

test('a version is judged by what is configured, in milliseconds', () => {
  const update = { ...config.update, probationSeconds: 90, hangSeconds: 30, checkinSeconds: 60 };
  expect(probationLimits({ update })).toEqual({ probationMs: 90_000, hangMs: 30_000, checkinMs: 60_000 });
});

import { describe, expect, test } from '@jest/globals';
import { jobSource, jobStatus, phaseDurations } from '../../../../src/cli/jobs/describe-job.ts';
import { sampleJob, sampleQueuedJob } from '../../../support/sample-views.ts';

describe('the status of a job', () => {
  test.each([
    ['queued', sampleQueuedJob()],
    ['running', sampleQueuedJob({ state: 'running' })],
    ['succeeded', sampleJob()],
    ['failed (exit code 3)', sampleJob({ outcome: 'failed', exitCode: 3 })],
    ['failed (SIGKILL)', sampleJob({ outcome: 'failed', signal: 'SIGKILL' })],
    ['timed-out (SIGTERM)', sampleJob({ outcome: 'timed-out', exitCode: 143, signal: 'SIGTERM' })],
    ['canceled', sampleQueuedJob({ state: 'finished', outcome: 'canceled' })],
  ])('is "%s"', (status, job) => {
    expect(jobStatus(job)).toBe(status);
  });
});

describe('the phases of a job', () => {
  const shown = (job: Parameters<typeof phaseDurations>[0]) =>
    Object.fromEntries(phaseDurations(job).map(({ name, ms }) => [name, Math.round(ms)]));

  test('are each measured with one clock', () => {
    expect(shown(sampleJob())).toEqual({
      queued: 20,
      fetch: 4,
      extract: 2,
      start: 1,
      run: 1500,
      total: 1600,
    });
  });

  test('are left out as long as they have no end', () => {
    expect(
      shown(
        sampleQueuedJob({
          acceptedAt: '2026-11-23T07:41:06.005Z',
          phaseTimes: { accepted: 1, fetched: 1.5 },
        }),
      ),
    ).toEqual({ queued: 1005, fetch: 500 });
  });

  test('of a job that nobody took are none', () => {
    expect(shown(sampleQueuedJob())).toEqual({});
  });
});

test.each([
  [sampleJob(), 'admin'],
  [sampleJob({ origin: { task: 'backup', dueAt: 1, attempt: 1 } }), 'task backup'],
  [sampleJob({ origin: { updateTo: '1.2.0', updateFrom: '1.1.0' } }), 'update to 1.2.0'],
])('it is known who wanted a job: %#', (job, source) => {
  expect(jobSource(job)).toBe(source);
});

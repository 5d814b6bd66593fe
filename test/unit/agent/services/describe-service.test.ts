import { expect, test } from '@jest/globals';
import { describeService } from '../../../../src/agent/services/describe-service.ts';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import { sampleService } from '../../../support/sample-service.ts';

const AT = Date.parse('2026-11-23T08:00:00.000Z');
const record = { ...newRecord('web', AT), state: 'running', restarts: 2 } as const;

test('all that is known of a service is told, times as ISO 8601', () => {
  const spec = sampleService();
  const lastEnd = { startedAt: AT - 5000, endedAt: AT - 1000, exitCode: 137 };
  const run = { runID: 'a', startedAt: AT, pid: 42 };
  expect(describeService({ ...record, spec, run, lastEnd, problem: 'It is ill' })).toEqual({
    name: 'web',
    kind: 'service',
    state: 'running',
    since: '2026-11-23T08:00:00.000Z',
    archive: spec.archive.sha256,
    restarts: 2,
    problem: 'It is ill',
    pid: 42,
    lastRun: '2026-11-23T07:59:55.000Z',
    lastOutcome: 'ended by signal 9',
  });
});

test('what is not known is left out', () => {
  expect(describeService({ ...record, spec: sampleService() })).toEqual({
    name: 'web',
    kind: 'service',
    state: 'running',
    since: '2026-11-23T08:00:00.000Z',
    archive: 'c'.repeat(64),
    restarts: 2,
  });
});

test('a service without any archive yet has the one that is wanted, and without that there is nothing to tell', () => {
  const archive = { sha256: 'd'.repeat(64), size: 1 };
  expect(describeService(record, { wanted: sampleService({ archive }) })?.archive).toBe(archive.sha256);
  expect(describeService(record)).toBeUndefined();
});

test('its own problem goes before that of what is wanted, and that before what was rejected', () => {
  const rejected = { spec: sampleService(), problem: 'the old news' };
  const full = { ...record, spec: sampleService(), rejected };
  expect(
    [
      describeService({ ...full, problem: 'its own' }, { problem: 'of what is wanted' }),
      describeService(full, { problem: 'of what is wanted' }),
      describeService(full),
    ].map((state) => state?.problem),
  ).toEqual(['its own', 'of what is wanted', 'the old news']);
});

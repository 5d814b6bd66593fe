import { expect, test } from '@jest/globals';
import { explainTask } from '../../../../src/agent/schedule/explain-task.ts';
import { sampleTask } from '../../../support/sample-task.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const RECORD = { task: 'cleanup', rule: '', anchorAt: NOW, plannedAt: NOW };
const RUN = { jobID: 'one', dueAt: NOW, attempt: 2, startedAt: NOW + 5000 };

test('names the rule and the next five times', async () => {
  const spec = sampleTask({
    ...{ cron: '30 8 * * *', timeZone: 'Europe/Berlin', missed: 'run-once', overlap: 'queue' },
    retries: { limit: 3, backoffSeconds: 60 },
  });
  expect(await explainTask(spec, { agentID: 'agent-1', record: undefined, now: NOW })).toMatchObject({
    rule: 'cron "30 8 * * *" in Europe/Berlin; missed runs are made up for once; waits while the last run is going; up to 3 retries, the first after 60 s',
    splaySeconds: 0,
    nextRuns: [24, 25, 26, 27, 28].map((day) => `2026-11-${day}T07:30:00.000Z`),
    lastDue: 'It has not been due yet',
  });
});

test.each([
  ['a run', { run: RUN }, /^Due at .*08:00:00.*, started at .*08:00:05.* as attempt 2; it is running$/],
  [
    'an ended run',
    { run: { ...RUN, outcome: 'timed-out', reason: 'Too slow' } },
    /; it ran out of time \(Too slow\)$/,
  ],
  ['a later skip', { run: RUN, skipped: { dueAt: NOW + 1, why: 'overlap' } }, /^Did not run .* still going$/],
  ['an earlier skip', { run: RUN, skipped: { dueAt: 1, why: 'missed' } }, /^Due at/],
  ['a retry', { waiting: { dueAt: NOW, attempt: 2, notBefore: NOW } }, /^Attempt 2 of the run due at/],
] as const)('tells why it did or did not run last: %s', async (_, more, sentence) => {
  const context = { agentID: 'agent-1', now: NOW, record: { ...RECORD, ...more } };
  const { lastDue } = await explainTask(sampleTask({ everySeconds: 60 }), context);
  expect(lastDue).toMatch(sentence);
});

test('of what is over there are no next times', async () => {
  const context = { agentID: 'agent-1', now: NOW, record: RECORD };
  expect(await explainTask(sampleTask({ at: '2026-11-22T08:00:00Z' }), context)).toMatchObject({
    rule: 'once, at 2026-11-22T08:00:00Z; missed runs are skipped; skipped while the last run is going',
    nextRuns: [],
  });
});

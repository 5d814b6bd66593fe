import { expect, test } from '@jest/globals';
import { splayOf } from '../../../../src/agent/schedule/splay.ts';
import { beginRecord, planOf, ruleOf } from '../../../../src/agent/schedule/task-plan.ts';
import { sampleTask } from '../../../support/sample-task.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');

test('every due time is delayed by the splay, also one whose time itself has passed', async () => {
  const spec = sampleTask({ cron: '0 8 * * *', timeZone: 'UTC', splaySeconds: 3600 });
  const splayMs = splayOf('agent-1', 'cleanup', 3600);
  expect(splayMs).toBeGreaterThan(0);
  const plan = await planOf(spec, 'agent-1', NOW);
  expect([plan.next(NOW - 1), plan.next(NOW + splayMs - 1)]).toEqual([NOW + splayMs, NOW + splayMs]);
  expect(plan.next(NOW + splayMs)).toBe(NOW + splayMs + 24 * 3_600_000);
});

test('only what makes out the times makes out the rule', () => {
  const rule = ruleOf(sampleTask({ everySeconds: 60 }));
  expect(ruleOf(sampleTask({ everySeconds: 60, missed: 'run-once', overlap: 'queue' }))).toBe(rule);
  expect(ruleOf(sampleTask({ everySeconds: 60 }, { argv: ['x'] }))).toBe(rule);
  expect(ruleOf(sampleTask({ everySeconds: 61 }))).not.toBe(rule);
  expect(ruleOf(sampleTask({ everySeconds: 60, splaySeconds: 5 }))).not.toBe(rule);
});

test('a schedule that begins again keeps what is known of its last run', async () => {
  const spec = sampleTask({ everySeconds: 60 });
  const run = { jobID: 'one', dueAt: 1, attempt: 1, startedAt: 1 };
  const first = await beginRecord(spec, { agentID: 'agent-1', now: 5 });
  expect(await beginRecord(spec, { agentID: 'agent-1', now: NOW, before: { ...first, run } })).toEqual({
    task: 'cleanup',
    rule: ruleOf(spec),
    anchorAt: NOW,
    plannedAt: NOW,
    nextDue: NOW + 60_000,
    run,
  });
});

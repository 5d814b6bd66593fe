import { expect, test } from '@jest/globals';
import { settleTask } from '../../../../src/agent/schedule/settle-task.ts';
import { beginRecord } from '../../../../src/agent/schedule/task-plan.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { MemoryJobJournal } from '../../../support/memory-job-journal.ts';
import { sampleTask } from '../../../support/sample-task.ts';

const journal = new MemoryJobJournal({ now: () => 0 });
const CONTEXT = { agentID: 'agent-1', journal, log: silentLogger, setBackMs: 0 };

test('what is not due stays the very record it was, so that nothing is written', async () => {
  const spec = sampleTask({ everySeconds: 60 });
  const record = await beginRecord(spec, { agentID: 'agent-1', now: 0 });
  const settled = await settleTask(record, spec, { ...CONTEXT, now: 59_999 });
  expect(settled.record).toBe(record);
  expect(settled).not.toHaveProperty('assignment');
});

test('asks a run to make room once, not at every look', async () => {
  const spec = sampleTask({ everySeconds: 60, overlap: 'replace' });
  const begun = await beginRecord(spec, { agentID: 'agent-1', now: 0 });
  const first = await settleTask(begun, spec, { ...CONTEXT, now: 60_000 });
  journal.accept(first.assignment === undefined ? [] : [first.assignment]);
  const second = await settleTask(first.record, spec, { ...CONTEXT, now: 120_000 });
  expect(second.canceled).toBe(first.assignment?.jobID);
  const third = await settleTask(second.record, spec, { ...CONTEXT, now: 121_000 });
  expect(third).toEqual({ record: second.record });
});

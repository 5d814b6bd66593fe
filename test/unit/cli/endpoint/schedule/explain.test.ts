import { expect, test } from '@jest/globals';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { sampleEndpointTask } from '../../../../support/sample-endpoint-task.ts';

test('one task is explained: its rule, its splay, its last time and its next ones', async () => {
  const { code, stdout } = await runCommanderAgent(['schedule', 'explain', 'cleanup'], {
    schedule: () => Promise.resolve([sampleEndpointTask()]),
  });
  const lines = stdout.trimEnd().replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME');
  expect([code, lines.split('\n')]).toEqual([
    0,
    [
      'task        cleanup',
      'state       idle',
      'rule        every 3600 s; missed runs are skipped',
      'splay       12.5 s on this endpoint',
      'last time   Due at seven; it failed',
      'next times  TIME (in 30 min)',
      '            TIME (in 1 h)',
    ],
  ]);
});

test('a task that is over has no next times', async () => {
  const { stdout } = await runCommanderAgent(['schedule', 'explain', 'cleanup'], {
    schedule: () => Promise.resolve([sampleEndpointTask({ nextRuns: [] })]),
  });
  expect(stdout).toMatch(/^next times {2}none$/m);
});

test.each([
  [[sampleEndpointTask()], 'there are "cleanup"'],
  [[], 'no tasks are assigned'],
])('of an unknown one it says which there are', async (tasks, others) => {
  const { code, stderr } = await runCommanderAgent(['schedule', 'explain', 'backup'], {
    schedule: () => Promise.resolve(tasks),
  });
  expect(code).toBe(6);
  expect(stderr).toContain(`There is no task "backup" on this endpoint; ${others}`);
});

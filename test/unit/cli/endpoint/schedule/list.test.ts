import { expect, test } from '@jest/globals';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { sampleEndpointTask } from '../../../../support/sample-endpoint-task.ts';

test('tasks are listed with their last result and their next time', async () => {
  const tasks = [sampleEndpointTask()];
  const { code, stdout } = await runCommanderAgent(['schedule', 'list'], {
    schedule: () => Promise.resolve(tasks),
  });
  expect(code).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['TASK', 'STATE', 'LAST RUN', 'OUTCOME', 'NEXT RUN', 'RULE'],
    ['cleanup', 'idle', '30 min ago', 'failed', 'in 30 min', 'every 3600 s'],
  ]);
});

test('as JSON they are complete', async () => {
  const tasks = [sampleEndpointTask()];
  const { stdout } = await runCommanderAgent(['schedule', 'list', '--json'], {
    schedule: () => Promise.resolve(tasks),
  });
  expect(JSON.parse(stdout)).toEqual(tasks);
});

test('without tasks it says so', async () => {
  const { code, stdout } = await runCommanderAgent(['schedule', 'list'], {
    schedule: () => Promise.resolve([]),
  });
  expect([code, stdout.trim()]).toEqual([0, 'No tasks are assigned to this endpoint.']);
});

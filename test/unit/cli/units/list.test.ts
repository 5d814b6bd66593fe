import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import {
  UNIT_ASSIGNMENTS,
  answerUnits,
  sampleServiceView,
  sampleTaskView,
} from '../../../support/sample-units.ts';

const onEnd = useCleanup();

const cellsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

test('tasks are listed with when they are due, whose they are and how they stand', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server, [
    sampleTaskView({ agentID: '1', state: 'running' }),
    sampleTaskView({ agentID: '2' }),
    sampleTaskView({ agentID: '3' }),
  ]);
  expect(cellsOf((await run(['tasks', 'list'])).stdout)).toEqual([
    ['TASK', 'DUE', 'ASSIGNED TO', 'STATES'],
    ['backup', 'every 15 min', 'group "default", agent "web-1"', '2 idle, 1 running'],
  ]);
});

test('services are listed, and --json gives all of it', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server, [sampleServiceView()]);
  expect(cellsOf((await run(['services', 'list'])).stdout)).toEqual([
    ['SERVICE', 'RESTART', 'ASSIGNED TO', 'STATES'],
    ['web', 'always', 'agent "web-1"', '1 running'],
  ]);
  expect(JSON.parse((await run(['services', 'list', '--json'])).stdout)).toEqual({
    services: [
      {
        filename: 'web.sh',
        unit: { kind: 'service', name: 'web', restart: 'always' },
        assignments: UNIT_ASSIGNMENTS.slice(2),
        states: [{ state: 'running', agents: 1 }],
      },
    ],
  });
});

test('without tasks, the way to the first one is shown', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  server.answer('GET /admin/library', { status: 204 });
  expect(await run(['tasks', 'list'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'There are no tasks; add one with: commander library add PATH --kind task\n',
  });
});

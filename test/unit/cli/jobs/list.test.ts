import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent, sampleJob } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

async function list(...flags: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent()] } });
  server.answer('GET /admin/jobs', { json: { jobs: [sampleJob()] } });
  const result = await run(['jobs', 'list', ...flags]);
  return { ...result, asked: server.seen.at(-1)?.line };
}

test('jobs are listed with their status', async () => {
  const { stdout, asked } = await list();
  const { jobID, createdAt } = sampleJob();
  expect(stdout.split('\n')[1]).toBe(
    `${jobID}  web-1     hello.sh  admin  succeeded  ${localTime(createdAt)}`,
  );
  expect(asked).toBe('GET /admin/jobs?limit=100');
});

test('they can be narrowed to an agent and a state', async () => {
  const { asked } = await list('--agent', 'web', '--state', 'running', '--limit', '5');
  expect(asked).toBe(`GET /admin/jobs?limit=5&agentID=${sampleAgent().agentID}&state=running`);
});

test('an unknown state is refused with the known ones', async () => {
  const { code, stderr } = await list('--state', 'done');
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('Allowed choices are queued, accepted, fetched'),
  ]);
});

test('--json gives them as the server does', async () => {
  expect(JSON.parse((await list('--json')).stdout)).toEqual({ jobs: [sampleJob()] });
});

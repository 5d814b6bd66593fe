import { describe, expect, test } from '@jest/globals';
import type { JobView } from '../../../../src/protocol/schemas/admin/jobs.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent, sampleJob, sampleQueuedJob } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const web = sampleAgent();
const db = sampleAgent({ agentID: '5f2e3d4c-0000-4000-8000-000000000005', hostname: 'db-1' });
const gone = sampleAgent({ agentID: '9f2e3d4c-0000-4000-8000-000000000009', revokedAt: web.enrolledAt });
const DONE: Record<string, JobView> = {
  [web.agentID]: sampleJob(),
  [db.agentID]: sampleJob({ jobID: 'bbbb', agentID: db.agentID, hostname: 'db-1', stdout: 'from db\n' }),
};

/** A server whose agents end each job at once, as `end` says. */
async function start(end: (job: JobView) => JobView = (job) => job) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [web, gone, db] } });
  server.answer('POST /admin/jobs', ({ body }) => {
    const jobID = DONE[(body as { agentID: string }).agentID]?.jobID;
    return { json: { success: 'job successfully submitted', jobID } };
  });
  for (const job of Object.values(DONE)) {
    const { jobID, agentID, hostname } = job;
    const views = [sampleQueuedJob({ jobID, agentID, hostname, state: 'running' })];
    server.answer(`GET /admin/jobs/${job.jobID}`, () => ({ json: views.shift() ?? end(job) }));
  }
  const assigned = () =>
    server.seen.filter(({ line }) => line === 'POST /admin/jobs').map(({ body }) => body);
  return { server, run, assigned };
}

test('the ID of the job is printed', async () => {
  const { run, assigned } = await start();
  expect(await run(['jobs', 'assign', 'hello.sh', '--agent', 'web-1'])).toEqual({
    code: 0,
    stdout: `${sampleJob().jobID}\n`,
    stderr: '',
  });
  expect(assigned()).toEqual([{ agentID: web.agentID, filename: 'hello.sh', argv: [] }]);
});

test('what follows -- goes to the program as it is', async () => {
  const { run, assigned } = await start();
  const argv = ['--wait', 'two words', '--json', ''];
  await run(['jobs', 'assign', 'hello.sh', '--agent', 'web-1', '--timeout', '60', '--', ...argv]);
  expect(assigned()).toEqual([{ agentID: web.agentID, filename: 'hello.sh', argv, timeoutSeconds: 60 }]);
});

test('several agents each get a job, and one named twice gets one', async () => {
  const { run, assigned } = await start();
  const agents = ['--agent', 'web-1', '--agent', '5f2e', '--agent', web.agentID];
  const { stdout } = await run(['jobs', 'assign', 'hello.sh', ...agents, '--json']);
  expect(JSON.parse(stdout)).toEqual({
    jobs: [
      { jobID: sampleJob().jobID, agentID: web.agentID, hostname: 'web-1' },
      { jobID: 'bbbb', agentID: db.agentID, hostname: 'db-1' },
    ],
  });
  expect(assigned()).toHaveLength(2);
});

test('every agent of a group gets one, and is asked for as such', async () => {
  const { server, run, assigned } = await start();
  const { stdout } = await run(['jobs', 'assign', 'hello.sh', '--group', 'web', '--agent', 'web-1']);
  expect(stdout).toBe(`${sampleJob().jobID}\nbbbb\n`);
  expect(assigned()).toHaveLength(2);
  expect(server.seen.map(({ line }) => line)).toContain('GET /admin/agents?group=web');
});

test('when the server refuses one of many, it is said how many run', async () => {
  const { server, run } = await start();
  server.answer('POST /admin/jobs', ({ body }) =>
    (body as { agentID: string }).agentID === db.agentID
      ? { status: 500 }
      : { json: { success: 'job successfully submitted', jobID: sampleJob().jobID } },
  );
  const { code, stderr } = await run(['jobs', 'assign', 'hello.sh', '--group', 'web']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('Assigned to 1 of 2 agents; see: commander jobs list');
});

describe('nothing is assigned', () => {
  test.each([
    ['when one of the agents is unknown', ['--agent', 'web-1', '--agent', 'x'], 6, 'There is no agent "x"'],
    ['to an agent that was revoked', ['--agent', '9f2e'], 6, 'There is no agent "9f2e"'],
    ['when no agent is named', [], 2, 'Say for whom, with --agent or --group'],
    [
      'when the time-out is no number',
      ['--agent', 'web-1', '--timeout', '1h'],
      2,
      'It must be a whole number',
    ],
  ])('%s', async (_when, flags, code, sentence) => {
    const { run, assigned } = await start();
    const result = await run(['jobs', 'assign', 'hello.sh', ...flags]);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(assigned()).toEqual([]);
  });
});

describe('with --wait', () => {
  const assign = ['jobs', 'assign', 'hello.sh', '--agent', 'web-1', '--wait'];

  test('progress is on stderr, and stdout is what the program printed', async () => {
    const { run } = await start();
    expect(await run(assign)).toEqual({
      code: 0,
      stdout: 'hello\n',
      stderr:
        'web-1: running\n' +
        'web-1: succeeded, queued 20 ms, fetch 4 ms, extract 2 ms, start 1 ms, run 1.5 s, total 1.6 s\n',
    });
  });

  test('of several jobs it is said whose output comes', async () => {
    const { run } = await start();
    const { stdout, stderr } = await run([...assign, '--agent', 'db-1']);
    expect(stdout).toBe('hello\nfrom db\n');
    expect(stderr).toMatch(/Output of "web-1":\n(.*\n)*Output of "db-1":\n$/);
  });

  test('a job that fails ends with exit code 9, after its output', async () => {
    const { run } = await start((job) => ({
      ...job,
      outcome: 'failed',
      exitCode: 3,
      stderr: 'no such table\n',
    }));
    const { code, stdout, stderr } = await run(assign);
    expect([code, stdout]).toEqual([9, 'hello\n']);
    expect(stderr).toMatch(
      new RegExp(
        `no such table\\ncommander: Job ${sampleJob().jobID} on "web-1" ended as failed \\(exit code 3\\)\\n$`,
      ),
    );
  });

  test('the reason of a failure is told', async () => {
    const { run } = await start(({ jobID, hostname }) =>
      sampleQueuedJob({
        jobID,
        hostname,
        state: 'finished',
        outcome: 'refused',
        reason: 'bash is not allowed here',
      }),
    );
    const { code, stderr } = await run(assign);
    expect([code, stderr]).toEqual([
      9,
      expect.stringMatching(/ended as refused: bash is not allowed here\n$/),
    ]);
  });

  test('--json is one document with all jobs, and the failure is another on stderr', async () => {
    const { run } = await start((job) => ({ ...job, outcome: 'failed', exitCode: 3 }));
    const { code, stdout, stderr } = await run([...assign, '--agent', 'db-1', '--json']);
    const { jobs } = JSON.parse(stdout) as { jobs: JobView[] };
    expect([code, jobs.map(({ hostname }) => hostname)]).toEqual([9, ['web-1', 'db-1']]);
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toEqual({
      error: { code: 'JOB_FAILED', message: expect.stringMatching(/^2 of 2 jobs did not succeed: job aaaa/) },
    });
  });
});

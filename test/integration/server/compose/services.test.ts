import { expect, test } from '@jest/globals';
import { resultOf, type PushedJob } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

test('a job goes from an admin of the original to an agent of the original and back', async () => {
  const archive = await server().addToLibrary('run.sh', { 'run.sh': 'cat data.txt', 'data.txt': 'hello' });
  const { client, agentID } = await server().originalAgent('a.example');
  const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
  const token = await server().token();
  const admin = server().client;

  const assigned = await admin.call('POST', '/admin/jobs', {
    token,
    json: { agentID, filename: 'run.sh', argv: ['one', 'zwölf'] },
  });
  expect(assigned.json).toEqual({
    success: 'job successfully submitted -- waiting for agent to check in',
    jobID: expect.any(String),
  });

  const [job] = (await checkin.nextPush()) as [PushedJob];
  expect(job).toEqual({
    jobID: (assigned.json as { jobID: string }).jobID,
    executor: 'sh',
    filename: 'run.sh',
    description: 'Runs',
    os: 'linux',
    user: 'admin',
    timeCreated: expect.stringMatching(/^\d{10}\.\d{3}Z$/),
    argv: ['one', 'zwölf'],
  });
  checkin.ack();
  const download = await client.call('GET', '/agent/execute', { agentID, json: { filename: 'run.sh' } });
  expect(download.bytes).toEqual(archive);

  const result = resultOf(job, { exitCode: 3, stdout: 'hello', stderr: 'oh' });
  const report = await client.call('POST', '/agent/history', { agentID, json: { job: result } });
  expect([report.status, report.json]).toEqual([200, { success: 'successfully saved job response' }]);

  const history = await admin.call('GET', '/admin/history', { token, json: { agentID } });
  const { jobs } = history.json as { jobs: string[] };
  expect(jobs.map((text) => JSON.parse(text) as unknown)).toEqual([result]);
  expect(await server().job(job.jobID)).toMatchObject({
    state: 'finished',
    outcome: 'failed',
    exitCode: 3,
    stdout: 'hello',
    stderr: 'oh',
    hostname: 'a.example',
  });
  checkin.terminate();
});

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runAgent } from '../../../../src/agent/compose/agent.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();

async function enrolled(
  settings: Partial<AgentInProcess['config']> = {},
): Promise<{ agent: AgentInProcess; agentID: string }> {
  const agent = new AgentInProcess(onEnd, settings);
  const { agentID } = await agent.enroll({ token: await server().joinToken() });
  return { agent, agentID };
}

async function connected(agent: AgentInProcess): Promise<void> {
  await waitFor(() => agent.status.state === 'connected', { what: 'the agent to connect' });
}

async function stateOf(jobID: string): Promise<unknown> {
  return (await server().job(jobID))['state'];
}

testOnPosix('an assigned job comes back with its output, and nothing of it stays', async () => {
  const { agent, agentID } = await enrolled();
  await server().addToLibrary('hello.sh', { 'hello.sh': 'echo hello $1' });
  agent.start();
  const jobID = await server().assign(agentID, 'hello.sh', { argv: ['you'] });
  await waitFor(async () => (await stateOf(jobID)) === 'finished', { what: 'the result' });
  expect(await server().job(jobID)).toMatchObject({
    outcome: 'succeeded',
    exitCode: 0,
    stdout: 'hello you\n',
  });
  await waitFor(() => agent.status.jobs.recent[0]?.phase === 'cleaned', { what: 'the clean-up' });
  await waitFor(() => readdirSync(join(agent.config.stateDir, 'jobs')).length === 0, {
    what: 'an empty folder',
  });
});

testOnPosix('asked to stop, it takes nothing new and gives a running job time to end', async () => {
  const { agent, agentID } = await enrolled();
  await server().addToLibrary('slow.sh', { 'slow.sh': 'sleep 0.5; echo done' });
  agent.start();
  const jobID = await server().assign(agentID, 'slow.sh');
  await waitFor(() => agent.status.jobs.recent[0]?.phase === 'running', { what: 'the job to run' });
  const stopping = agent.stop();
  const late = await server().assign(agentID, 'slow.sh');
  await stopping;
  expect(agent.status.jobs.recent).toMatchObject([{ jobID, outcome: 'succeeded', exitCode: 0 }]);
  expect([await stateOf(jobID), await stateOf(late)]).toEqual(['finished', 'queued']);
});

testOnPosix('a job that does not end within its grace is ended, and that is what is reported', async () => {
  const { agent, agentID } = await enrolled({
    jobs: { ...new AgentInProcess(onEnd).config.jobs, stopGraceSeconds: 0 },
  });
  await server().addToLibrary('endless.sh', { 'endless.sh': 'sleep 600' });
  agent.start();
  const jobID = await server().assign(agentID, 'endless.sh');
  await waitFor(() => agent.status.jobs.recent[0]?.phase === 'running', { what: 'the job to run' });
  await agent.stop();
  agent.start();
  await waitFor(async () => (await stateOf(jobID)) === 'finished', { what: 'the result' });
  expect(await server().job(jobID)).toMatchObject({ outcome: 'interrupted' });
});

describe('it does not start', () => {
  test('without an identity, and leaves nothing behind', async () => {
    const agent = new AgentInProcess(onEnd);
    const running = runAgent(agent.config, {
      host: agent.host,
      flags: {},
      stop: new AbortController().signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'NOT_ENROLLED' });
    expect(existsSync(agent.config.stateDir)).toBe(false);
  });

  test('twice on one state folder', async () => {
    const { agent } = await enrolled();
    agent.start();
    await connected(agent);
    const second = runAgent(agent.config, {
      host: agent.host,
      flags: {},
      stop: new AbortController().signal,
    });
    await expect(second).rejects.toMatchObject({ code: 'AGENT_ALREADY_RUNNING' });
  });

  test('on a copy of another machine', async () => {
    const { agent } = await enrolled();
    const platform = { ...agent.host.platform, machineID: () => 'another' };
    const running = runAgent(agent.config, {
      ...{ host: { ...agent.host, platform }, flags: {} },
      stop: new AbortController().signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'IDENTITY_CLONED' });
  });
});

test('a certificate that is due is renewed, proven by a new check-in, and the old one goes', async () => {
  const { agent, agentID } = await enrolled();
  const identityDir = join(agent.config.stateDir, 'identity');
  const [oldPair = ''] = readdirSync(identityDir).filter((name) => name.startsWith('pair-'));
  let aheadMs = 70 * 86_400_000; // of the 90 days that a certificate lasts
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  const stop = new AbortController();
  const host = { ...agent.host, clock };
  const running = runAgent(agent.config, { host, flags: {}, stop: stop.signal });
  onEnd(async () => {
    stop.abort(new Stopped('shutdown'));
    await running;
  });
  await waitFor(() => readdirSync(identityDir).length === 3, { what: 'the renewed pair' });
  aheadMs = 0;
  await server().addToLibrary('any.sh');
  await server().assign(agentID, 'any.sh'); // the first thing that the server says over the new connection
  await waitFor(() => !readdirSync(identityDir).includes(oldPair), { what: 'the old pair to go' });
  expect(agent.status).toMatchObject({ agentID, state: 'connected' });
});

test('its log holds neither key nor token', async () => {
  const { agent } = await enrolled({ logLevel: 'debug' });
  agent.start();
  await connected(agent);
  await agent.stop();
  const log = readFileSync(join(agent.config.stateDir, 'logs', 'agent.log'), 'utf8');
  expect(log).toContain('checkin.connected');
  expect(log).not.toMatch(/PRIVATE KEY|cmdr1/);
  expect(log).not.toContain(await server().registrationKey());
});

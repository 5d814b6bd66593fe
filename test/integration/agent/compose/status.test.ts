import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readStatus } from '../../../../src/agent/compose/status.ts';
import { saveSwitch } from '../../../../src/agent/update/switch/switch-file.ts';
import { initialState, switched, turnedBack } from '../../../../src/agent/update/switch/switch-state.ts';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();
const MARK = { reason: 'It ended by itself', at: 2 };
const nothing = { active: 0, unreported: 0, recent: [] };

async function enrolled(): Promise<AgentInProcess> {
  const agent = new AgentInProcess(onEnd);
  await agent.enroll({ token: await server().joinToken() });
  return agent;
}

test('before it has enrolled, the agent says what to do; asking leaves nothing behind', () => {
  const agent = new AgentInProcess(onEnd);
  const { stateDir } = agent.config;
  const problem = 'This endpoint has not been enrolled; run "commander-agent enroll"';
  expect(agent.status).toEqual({
    state: 'not-enrolled',
    problem,
    stateDir,
    jobs: nothing,
    units: [],
    rejected: [],
  });
  expect(existsSync(stateDir)).toBe(false);
});

test('stopped, running and stopped again', async () => {
  const agent = await enrolled();
  const { url } = server().running;
  const stopped = {
    state: 'stopped',
    problem: 'The agent is not running; start its service, or "commander-agent run"',
    server: url,
    certificateExpiresAt: expect.stringMatching(/^20\d\d-.*Z$/),
  };
  expect(agent.status).toMatchObject(stopped);
  agent.start();
  await waitFor(() => agent.status.state === 'connected', { what: 'the agent to connect' });
  expect(agent.status).toMatchObject({
    server: url,
    pid: process.pid,
    protocol: 2,
    since: expect.any(String),
    jobs: nothing,
  });
  await agent.stop();
  expect(agent.status).toMatchObject(stopped);
});

test('a running agent without its server says why', async () => {
  const agent = await enrolled();
  await server().running.close();
  agent.start();
  await waitFor(() => agent.status.problem, { what: 'the problem' });
  expect(agent.status).toMatchObject({
    state: 'connecting',
    problem: expect.stringContaining(`Cannot reach "${server().running.url}"`),
  });
});

test('a probation, a pin and versions that failed here are there when there are any', () => {
  const agent = new AgentInProcess(onEnd);
  const { stateDir } = agent.config;
  const state = { ...initialState('1.0.0'), previous: '0.9.0' };
  saveSwitch(stateDir, state);
  expect(agent.status).not.toHaveProperty('update');
  saveSwitch(stateDir, { ...state, pinned: '1.0.0' });
  expect(agent.status.update).toEqual({ pinned: '1.0.0', bad: [] });
  saveSwitch(stateDir, turnedBack(switched(state, { version: '1.1.0', jobID: 'j', at: 1 }), MARK));
  expect(agent.status.update).toEqual({
    bad: [{ version: '1.1.0', reason: MARK.reason, at: '1970-01-01T00:00:00.002Z' }],
  });
  saveSwitch(stateDir, switched(state, { version: '1.1.0', jobID: 'j', at: 1 }));
  expect(agent.status.update?.probation).toMatchObject({ version: '1.1.0', from: '1.0.0', starts: 0 });
});

test('an identity that cannot be used is a problem, and no reason not to answer', () => {
  const agent = new AgentInProcess(onEnd);
  const { platform } = agent.host;
  const { stateDir } = agent.config;
  platform.makePrivateDir(join(stateDir, 'identity'));
  writeFileSync(join(stateDir, 'identity', 'identity.json'), 'garbage');
  expect(readStatus(agent.config, agent.host)).toMatchObject({
    state: 'stopped',
    problem: expect.stringContaining('enrol again with "--force"'),
  });
});

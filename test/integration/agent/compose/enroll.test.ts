import { expect, test } from '@jest/globals';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();

test('enrolled with our server, the agent is one that the server knows', async () => {
  const agent = new AgentInProcess(onEnd);
  const { agentID, server: url } = await agent.enroll({ token: await server().joinToken() });
  const { json } = await server().client.call('GET', '/admin/agents', { token: await server().token() });
  expect(url).toBe(server().running.url);
  expect(json).toMatchObject({ agents: expect.arrayContaining([expect.objectContaining({ agentID })]) });
});

test('an agent that runs is not enrolled anew under its feet', async () => {
  const agent = new AgentInProcess(onEnd);
  const token = await server().joinToken();
  await agent.enroll({ token });
  agent.start();
  await waitFor(() => agent.status.state === 'connected', { what: 'the agent to connect' });
  const again = { token, force: true };
  await expect(agent.enroll(again)).rejects.toMatchObject({ code: 'AGENT_ALREADY_RUNNING' });
  await agent.stop();
  expect(await agent.enroll(again)).toMatchObject({ server: server().running.url });
});

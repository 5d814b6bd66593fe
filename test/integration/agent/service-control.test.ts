import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { uninstallService } from '../../../src/agent/service-control.ts';
import { AgentInProcess } from '../../support/agent-in-process.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { useTestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();

test('purging leaves nothing of an agent that has run', async () => {
  const agent = new AgentInProcess(onEnd);
  await agent.enroll({ token: await server().joinToken() });
  agent.start();
  await waitFor(() => agent.status.state === 'connected', { what: 'the agent to connect' });
  await agent.stop();

  const { stateDir } = agent.config;
  const manager = { uninstall: () => Promise.resolve({ kind: 'done', changed: true } as const) };
  const platform = { defaultStateDir: () => '/elsewhere' };
  await uninstallService({ manager, platform, stateDir, purge: true });
  expect(existsSync(stateDir)).toBe(false);
});

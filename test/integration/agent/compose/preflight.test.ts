import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runPreflight } from '../../../../src/agent/compose/preflight.ts';
import type { PreflightReport } from '../../../../src/agent/update/preflight.ts';
import { VERSION } from '../../../../src/lib/build-info.ts';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { useTestServer } from '../../../support/test-server.ts';

const onEnd = useCleanup();
const server = useTestServer();

async function enrolled(): Promise<AgentInProcess> {
  const agent = new AgentInProcess(onEnd);
  await agent.enroll({ token: await server().joinToken() });
  return agent;
}

async function run(
  { config, host }: AgentInProcess,
  { entry = 'src/bin/commander-agent.ts', environment = {}, flags = {} } = {},
): Promise<PreflightReport> {
  const self = {
    executablePath: process.execPath,
    leadingArgs: [join(process.cwd(), entry)],
    argv: [],
    packed: false,
  };
  return await runPreflight(
    { flags, stateDir: config.stateDir },
    { host: { ...host, environment }, self, signal: new AbortController().signal },
  );
}

test('a version that can do everything says which it is', async () => {
  expect(await run(await enrolled())).toEqual({ version: VERSION, reachesServer: true });
});

test('an endpoint without an identity is told', async () => {
  const agent = await enrolled();
  rmSync(join(agent.config.stateDir, 'identity'), { recursive: true });
  expect(await run(agent)).toEqual({ error: expect.stringContaining('There is no identity') as unknown });
});

test('a memory that it cannot read is told', async () => {
  const agent = await enrolled();
  writeFileSync(join(agent.config.stateDir, 'state.db'), 'no database at all, but long enough'.repeat(100));
  expect(await run(agent)).toEqual({ error: expect.stringContaining('is damaged') as unknown });
});

test('settings that it does not know are told', async () => {
  const environment = { COMMANDER_AGENT_FROM_ANOTHER_TIME: '1' };
  expect(await run(await enrolled(), { environment })).toEqual({
    error: expect.stringContaining('COMMANDER_AGENT_FROM_ANOTHER_TIME') as unknown,
  });
});

test('a configuration file that it cannot read is told', async () => {
  const agent = await enrolled();
  const config = join(agent.config.stateDir, 'agent.json');
  writeFileSync(config, JSON.stringify({ fromAnotherTime: true }));
  expect(await run(agent, { flags: { config } })).toEqual({
    error: expect.stringContaining(`Configuration file "${config}"`) as unknown,
  });
});

test('programs that it cannot start are told', async () => {
  expect(await run(await enrolled(), { entry: 'nowhere.ts' })).toEqual({
    error: expect.stringContaining('nowhere.ts') as unknown,
  });
});

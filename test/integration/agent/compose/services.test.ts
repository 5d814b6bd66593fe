import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { restartRequests, restartService } from '../../../../src/agent/compose/services.ts';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import type { AgentConfig } from '../../../../src/agent/config/schema.ts';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const host = { clock: systemClock };

/** An endpoint that keeps "web", and the store of its agent, which runs until that is closed. */
function makeEndpoint(): { config: AgentConfig; stopAgent: () => void } {
  const config = { ...defaultConfig(currentPlatform()), stateDir: join(makeTempDir(onEnd), 'state') };
  currentPlatform().makePrivateDir(config.stateDir);
  const store = openAgentStore(config.stateDir, { clock: systemClock, log: silentLogger });
  const releases = new DisposableStack();
  releases.defer(() => store.close());
  onEnd(() => releases.dispose());
  store.services.save({ ...newRecord('web', 1), spec: sampleService(), state: 'parked' });
  return { config, stopAgent: () => releases.dispose() };
}

test('a restart is taken up by the agent that runs', async () => {
  const { config } = makeEndpoint();
  const taken: string[] = [];
  const stop = new AbortController();
  const agent = restartRequests(config)
    .takeAll({ ...host, onRequest: (name) => taken.push(name), log: silentLogger, signal: stop.signal })
    .catch(() => undefined);
  expect(await restartService(config, 'web', host)).toEqual({ service: 'web', isTaken: true });
  stop.abort(new Error('the test is over'));
  await agent;
  expect(taken).toEqual(['web']);
});

test('a restart waits for an agent where none runs', async () => {
  const { config, stopAgent } = makeEndpoint();
  stopAgent();
  expect(await restartService(config, 'web', host)).toEqual({ service: 'web', isTaken: false });
  expect(restartRequests(config).isTaken('web')).toBe(false);
});

test('a service that is not here cannot be restarted, and those that are here are named', async () => {
  const { config } = makeEndpoint();
  await expect(restartService(config, 'db', host)).rejects.toMatchObject({
    code: 'JOB_NOT_FOUND',
    message: 'There is no service "db" on this endpoint; there are "web"',
  });
});

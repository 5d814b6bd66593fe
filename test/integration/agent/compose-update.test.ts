import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createUpdates } from '../../../src/agent/compose-update.ts';
import { orderUpdate, readUpdate } from '../../../src/agent/compose-version.ts';
import { defaultConfig } from '../../../src/agent/config/defaults.ts';
import { ServerClient } from '../../../src/agent/remote/server-client.ts';
import { saveSwitch } from '../../../src/agent/update/switch/switch-file.ts';
import { VERSION } from '../../../src/lib/build-info.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { runLoops } from '../../../src/lib/loops.ts';
import { Stopped } from '../../../src/lib/stopped.ts';
import { currentPlatform } from '../../../src/platform/select.ts';
import { openAgentStore } from '../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();

test('what people at the endpoint ask for reaches the agent that runs, and is a job there', async () => {
  const stateDir = makeTempDir(onEnd);
  const previous = '0.0.0-base';
  saveSwitch(stateDir, { base: previous, current: VERSION, previous, bad: {} });
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  onEnd(() => store.close());
  const platform = currentPlatform();
  const credentials = { key: '', cert: '', roots: '' };
  let hasRoom = false;
  const { loops } = createUpdates({
    ...{ store, log: silentLogger, workDir: join(stateDir, 'jobs'), desiredVersion: () => VERSION },
    config: { ...defaultConfig(platform), stateDir },
    identity: { agentID: 'agent-1', serverUrl: '', issuer: 'server', enrolledAt: '', credentials },
    host: {
      ...{ platform, hostname: hostname(), arch: process.arch, pid: process.pid, environment: process.env },
      ...{ clock: systemClock, random: Math.random },
    },
    client: new ServerClient({
      serverUrl: 'https://127.0.0.1:9',
      userAgent: 'test',
      credentials: { proven: () => credentials },
    }),
    pipeline: {
      drain: async () => await Promise.resolve(),
      resume: () => undefined,
      reportNews: () => undefined,
    },
    makeRoom: () => (hasRoom = true),
  });
  const halt = new AbortController();
  const running = runLoops(halt.signal, loops);
  onEnd(async () => {
    halt.abort(new Stopped('shutdown'));
    await running;
  });
  const answer = await orderUpdate({ stateDir }, { kind: 'rollback' }, { clock: systemClock });
  expect(answer).toEqual({ isTaken: true });
  await waitFor(() => hasRoom, { what: 'the switch' });
  expect(readUpdate({ stateDir })).toMatchObject({
    current: previous,
    probation: { from: VERSION },
    jobs: [{ version: previous, phase: 'running' }],
  });
});

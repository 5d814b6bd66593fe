import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createUpdates, type UpdateParts } from '../../../../src/agent/compose/update.ts';
import { orderUpdate, readUpdate } from '../../../../src/agent/compose/version.ts';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import { ServerClient } from '../../../../src/agent/remote/server-client.ts';
import type { PreflightOrder } from '../../../../src/agent/update/preflight.ts';
import { saveSwitch } from '../../../../src/agent/update/switch/switch-file.ts';
import { executablePathOf, versionsDirOf } from '../../../../src/agent/update/switch/versions-folder.ts';
import { VERSION } from '../../../../src/lib/build-info.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { runLoops } from '../../../../src/lib/loops.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const PREVIOUS = '0.0.0-base';

interface World {
  readonly stateDir: string;
  readonly hasRoom: () => boolean;
}

/** The updater of an agent that came from `PREVIOUS`. */
function updating(more: Partial<UpdateParts> = {}, environment: NodeJS.ProcessEnv = process.env): World {
  const stateDir = makeTempDir(onEnd);
  saveSwitch(stateDir, { base: VERSION, current: VERSION, previous: PREVIOUS, bad: {} });
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  onEnd(() => store.close());
  const platform = currentPlatform();
  const credentials = { key: '', cert: '', roots: '' };
  let hasRoom = false;
  const { loops } = createUpdates({
    ...{ store, log: silentLogger, workDir: join(stateDir, 'jobs'), desiredVersion: () => VERSION },
    ...{ config: { ...defaultConfig(platform), stateDir }, flags: {} },
    identity: { agentID: 'agent-1', serverUrl: '', issuer: 'server', enrolledAt: '', credentials },
    host: {
      ...{ platform, hostname: hostname(), arch: process.arch, pid: process.pid, environment },
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
    ...more,
  });
  const halt = new AbortController();
  const running = runLoops(halt.signal, loops);
  onEnd(async () => {
    halt.abort(new Stopped('shutdown'));
    await running;
  });
  return { stateDir, hasRoom: () => hasRoom };
}

test('what people at the endpoint ask for reaches the agent that runs, and is a job there', async () => {
  const { stateDir, hasRoom } = updating();
  saveSwitch(stateDir, { base: PREVIOUS, current: VERSION, previous: PREVIOUS, bad: {} });
  const answer = await orderUpdate({ stateDir }, { kind: 'rollback' }, { clock: systemClock });
  expect(answer).toEqual({ isTaken: true });
  await waitFor(hasRoom, { what: 'the switch' });
  expect(readUpdate({ stateDir })).toMatchObject({
    current: PREVIOUS,
    probation: { from: VERSION },
    jobs: [{ version: PREVIOUS, phase: 'running' }],
  });
});

test('a version is tried out with the options that this agent was started with', async () => {
  const seenPath = join(makeTempDir(onEnd), 'seen.json');
  const lookerPath = join(dirname(seenPath), 'looker.cjs');
  // A program of this machine that does no more than to say what it was told.
  writeFileSync(lookerPath, `require('fs').writeFileSync(${JSON.stringify(seenPath)}, process.argv[3]);`);
  const flags = { config: join(dirname(seenPath), 'agent.json'), logLevel: 'debug' };
  let isHere = false;
  const { stateDir } = updating(
    { flags, desiredVersion: () => (isHere ? PREVIOUS : undefined) },
    { ...process.env, NODE_OPTIONS: `--require "${lookerPath}"` },
  );
  const path = executablePathOf(stateDir, PREVIOUS, currentPlatform());
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(process.execPath, path);
  isHere = true;
  await orderUpdate({ stateDir }, { kind: 'check', retry: false }, { clock: systemClock });
  await waitFor(() => readUpdate({ stateDir }).bad.length > 0, { what: 'the verdict on what is no agent' });
  const order = JSON.parse(readFileSync(seenPath, 'utf8')) as PreflightOrder;
  expect(order).toEqual({ flags, stateDir: join(versionsDirOf(stateDir), 'preflight') });
});

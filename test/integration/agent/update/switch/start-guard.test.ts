import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { signalAlive } from '../../../../../src/agent/update/switch/signs.ts';
import { startGuard } from '../../../../../src/agent/update/switch/start-guard.ts';
import { saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { initialState, started, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { currentPlatform } from '../../../../../src/platform/select.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { testOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
const platform = currentPlatform();

testOnPosix('a guard is this executable, and is told all it has to know', async () => {
  const stateDir = makeTempDir(onEnd);
  const trying = switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 });
  saveSwitch(stateDir, started(started(trying)));
  const [program, told] = [join(stateDir, 'program'), join(stateDir, 'told')];
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" >${told}.part; mv ${told}.part ${told}\n`);
  chmodSync(program, 0o700);

  const agent = { command: '/usr/bin/commander-agent', args: ['run'] };
  const limits = { probationMs: 90_000, hangMs: 30_000, checkinMs: 60_000 };
  const self = { executablePath: program, leadingArgs: ['first'], argv: [], packed: true };
  const start = { stateDir, limits, self, platform, environment: process.env };
  await startGuard({ version: '1.1.0', pid: process.pid, agent }, start);

  await waitFor(() => existsSync(told), { what: 'the guard' });
  const [first, internal, applet, order] = readFileSync(told, 'utf8').trim().split('\n');
  expect([first, internal, applet]).toEqual(['first', 'internal', 'guard']);
  expect(JSON.parse(order ?? '')).toEqual({
    ...{ stateDir, version: '1.1.0', starts: 2, pid: process.pid, agent, limits },
    identity: await platform.processIdentity(process.pid),
  });
  expect(() => signalAlive(stateDir)).not.toThrow();
});

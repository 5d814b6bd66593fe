import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { reachesOwnServer } from '../../../../src/agent/compose/guard.ts';
import { loadSwitch, saveSwitch } from '../../../../src/agent/update/switch/switch-file.ts';
import { initialState, switched } from '../../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf, versionsDirOf } from '../../../../src/agent/update/switch/versions-folder.ts';
import { VERSION } from '../../../../src/lib/build-info.ts';
import { takeInstanceLock } from '../../../../src/store/single-instance-lock.ts';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { isAlive } from '../../../support/fixture-program.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();
const { signal } = new AbortController();

test('the server is reached with the identity of the agent, or not', async () => {
  const agent = new AgentInProcess(onEnd);
  const { stateDir } = agent.config;
  expect(await reachesOwnServer(stateDir, { host: agent.host, signal })).toBe(false);
  await agent.enroll({ token: await server().joinToken() });
  expect(await reachesOwnServer(stateDir, { host: agent.host, signal })).toBe(true);
});

/** That a version lives, by the file that it touches. */
const SIGN = 'touch "$3/versions/alive"';

/** The real entry as the installed executable, and a script as version 1.1.0, which is on probation. */
describeOnPosix('A version on probation', () => {
  interface Endpoint {
    readonly stateDir: string;
    readonly outcome: Promise<{ exitCode: number | null; stdout: string }>;
    readonly pid: number;
  }

  function start(script: string, settings: Record<string, string> = {}): Endpoint {
    const stateDir = makeTempDir(onEnd);
    const path = executablePathOf(stateDir, '1.1.0', { os: 'linux' });
    const job = { version: '1.1.0', jobID: 'job-1', at: Date.now() };
    saveSwitch(stateDir, switched(initialState(VERSION), job));
    mkdirSync(dirname(path));
    writeFileSync(path, script);
    chmodSync(path, 0o700);
    const entry = join(process.cwd(), 'src/bin/commander-agent.ts');
    const child = spawn(process.execPath, ['--no-warnings', entry, 'run', '--state-dir', stateDir], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onEnd(() => child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const outcome = once(child, 'close').then(([exitCode]) => ({
      exitCode: exitCode as number | null,
      stdout,
    }));
    return { stateDir, outcome, pid: child.pid ?? 0 };
  }

  async function verdictOf(stateDir: string): Promise<unknown> {
    const state = await waitFor(
      () => {
        const found = loadSwitch(stateDir);
        return found?.probation === undefined && found;
      },
      { what: 'the verdict', timeoutMs: 20_000 },
    );
    onEnd(async () => await guardEnded(stateDir));
    return [state.current, state.bad['1.1.0']?.reason];
  }

  /** It brings an agent back after its verdict: one that holds the lock is enough for it. */
  async function guardEnded(stateDir: string): Promise<void> {
    const lock = takeInstanceLock(join(stateDir, 'agent.lock'));
    await waitFor(() => takeInstanceLock(join(versionsDirOf(stateDir), 'guard.lock')), {
      what: 'the end of the guard',
    }).then((guardLock) => guardLock.release());
    lock?.release();
  }

  test('runs in the process of the installed executable, with its arguments', async () => {
    const { outcome, pid, stateDir } = start(`#!/bin/sh\n${SIGN}\necho "$$ $1 $2"\n`);
    expect(await outcome).toEqual({ exitCode: 0, stdout: `${pid} run --state-dir\n` });
    await verdictOf(stateDir);
  });

  test('that crashes is turned back', async () => {
    const { outcome, stateDir } = start(`#!/bin/sh\n${SIGN}\nkill -SEGV $$\n`);
    expect((await outcome).exitCode).toBeNull();
    expect(await verdictOf(stateDir)).toEqual([VERSION, 'It ended by itself']);
    const log = readFileSync(join(versionsDirOf(stateDir), 'guard.log'), 'utf8');
    expect(log).toContain('guard.verdict');
  });

  test('that crashes before it gave any sign of life is started once more, and turned back within 30 s', async () => {
    const { outcome, stateDir } = start('#!/bin/sh\nkill -SEGV $$\n');
    await outcome;
    expect(loadSwitch(stateDir)?.probation).toMatchObject({ version: '1.1.0', starts: 1 });
    const reason = 'It ended by itself, before it gave any sign of life';
    expect(await verdictOf(stateDir)).toEqual([VERSION, reason]);
  }, 40_000);

  test('that hangs is killed and turned back', async () => {
    const { pid, stateDir } = start('#!/bin/sh\nexec sleep 600\n', {
      COMMANDER_AGENT_UPDATE_HANG_SECONDS: '1',
    });
    expect(await verdictOf(stateDir)).toEqual([VERSION, 'It gave no sign of life for 1 s']);
    await waitFor(() => !isAlive(pid), { what: 'its end' });
  });

  test('that was asked to stop stays on probation', async () => {
    const script = '#!/bin/sh\nd=$3/versions; printf %s $$ >$d/stopping; sleep 1\n';
    const { outcome, stateDir } = start(script);
    await outcome;
    await guardEnded(stateDir);
    expect(loadSwitch(stateDir)?.probation).toMatchObject({ version: '1.1.0', starts: 1 });
  });

  test('that is for another machine is turned back before anything is lost', async () => {
    const { outcome, stateDir } = start('\x7fELF, but not for here');
    await outcome; // this endpoint is not enrolled, which is what the installed executable says
    expect(loadSwitch(stateDir)).toMatchObject({ current: VERSION, bad: { '1.1.0': {} } });
  });
});

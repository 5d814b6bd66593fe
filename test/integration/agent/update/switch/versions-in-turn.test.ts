import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { changeSwitch, loadSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { switched, type SwitchState } from '../../../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf, versionsDirOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { VERSION } from '../../../../../src/lib/build-info.ts';
import { readAgentStore, readConnection } from '../../../../../src/store/agent/read-agent-store.ts';
import { takeInstanceLock } from '../../../../../src/store/single-instance-lock.ts';
import { AgentInProcess } from '../../../../support/agent-in-process.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { describeOnPosix } from '../../../../support/on-posix.ts';
import { useTestServer } from '../../../../support/test-server.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();
const ENTRY = join(process.cwd(), 'src/bin/commander-agent.ts');

/** Real agents from source that differ in the version they were built as; what each starts with is the entry from source. */
describeOnPosix('An agent from source', () => {
  let stateDir: string;
  let agent: ChildProcess;

  beforeEach(async () => {
    const inProcess = new AgentInProcess(onEnd);
    await inProcess.enroll({ token: await server().joinToken() });
    ({ stateDir } = inProcess.config);
  });

  /** Puts a version beside the others; `extra` is what is wrong with it. */
  function provide(version: string, extra = ''): void {
    const path = executablePathOf(stateDir, version, { os: 'linux' });
    const built = `data:text/javascript,globalThis.__VERSION__='${version}';${extra}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `#!/bin/sh\nexec "${process.execPath}" --no-warnings --import "${built}" "${ENTRY}" "$@"\n`,
    );
    chmodSync(path, 0o700);
  }

  function start({ probationSeconds = 1 } = {}): void {
    const settings = { PROBATION: probationSeconds, HANG: 5, CHECKIN: 20 };
    const env = Object.entries(settings).map(([name, s]) => [
      `COMMANDER_AGENT_UPDATE_${name}_SECONDS`,
      String(s),
    ]);
    agent = spawn(process.execPath, ['--no-warnings', ENTRY, 'run', '--state-dir', stateDir], {
      env: { ...process.env, ...(Object.fromEntries(env) as Record<string, string>) },
      stdio: 'ignore',
    });
    onEnd(async () => {
      await stopAgents();
      const lock = await waitFor(() => takeInstanceLock(join(versionsDirOf(stateDir), 'guard.lock')), {
        what: 'the end of the guard',
        timeoutMs: 20_000,
      });
      lock.release();
    });
  }

  /** Also one that a guard has started. */
  async function stopAgents(): Promise<void> {
    const pids = [agent.pid, readConnection(stateDir)?.pid];
    for (const pid of new Set(pids)) {
      if (pid === undefined) continue;
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // it has ended
      }
    }
    await waitFor(() => !readAgentStore(stateDir).running, { what: 'the end of the agent' });
  }

  async function checkedIn(version: string): Promise<number> {
    const connection = await waitFor(
      () => {
        const found = readConnection(stateDir);
        return found?.state === 'connected' && found.version === version && found;
      },
      { what: `version ${version} to check in`, timeoutMs: 25_000 },
    );
    return connection.pid;
  }

  async function judged(): Promise<SwitchState> {
    return await waitFor(
      () => {
        const state = loadSwitch(stateDir);
        return state !== undefined && state.probation === undefined && state;
      },
      { what: 'the verdict', timeoutMs: 25_000 },
    );
  }

  function switchTo(version: string): void {
    changeSwitch({ stateDir, own: VERSION }, (state) =>
      switched(state, { version, jobID: 'job-1', at: Date.now() }),
    );
  }

  test('goes to the next version and back in one process, and each is proven', async () => {
    provide('1.1.0');
    start();
    const pid = await checkedIn(VERSION);
    for (const version of ['1.1.0', VERSION, '1.1.0']) {
      switchTo(version);
      process.kill(pid, 'SIGHUP');
      expect(await checkedIn(version)).toBe(pid);
      expect(await judged()).toMatchObject({ current: version, bad: {} });
    }
  }, 90_000);

  test('starts anew in the same process when the next version cannot be started', async () => {
    start();
    const pid = await checkedIn(VERSION);
    const before = readConnection(stateDir)?.since;
    provide('1.1.0');
    writeFileSync(executablePathOf(stateDir, '1.1.0', { os: 'linux' }), '\x7fELF, but not for here');
    switchTo('1.1.0');
    process.kill(pid, 'SIGHUP');
    await waitFor(() => readConnection(stateDir)?.since !== before, { what: 'another check-in' });
    expect(await checkedIn(VERSION)).toBe(pid);
    expect(await judged()).toMatchObject({ current: VERSION, bad: { '1.1.0': {} } });
  }, 90_000);

  test('that crashes later is turned back, and the version before it checks in again', async () => {
    const crash = "setTimeout(()=>process.kill(process.pid,'SIGKILL'),1500)";
    provide('1.1.0', crash);
    switchTo('1.1.0');
    start({ probationSeconds: 60 });
    await once(agent, 'exit');
    expect(await judged()).toMatchObject({
      current: VERSION,
      bad: { '1.1.0': { reason: 'It ended by itself' } },
    });
    await checkedIn(VERSION);
  }, 90_000);

  test('asked to stop during its probation, it goes on with it at the next start', async () => {
    provide('1.1.0');
    switchTo('1.1.0');
    start({ probationSeconds: 60 });
    await checkedIn('1.1.0');
    await stopAgents();
    expect(loadSwitch(stateDir)?.probation).toMatchObject({ version: '1.1.0', starts: 1 });
    start();
    expect(await judged()).toMatchObject({ current: '1.1.0', bad: {} });
  }, 90_000);

  test('stopped before it could say so, it goes on with it just as well', async () => {
    provide('1.1.0');
    const path = executablePathOf(stateDir, '1.1.0', { os: 'linux' });
    const stopsOnce = `[ -e "${path}.once" ] || { : >"${path}.once"; kill -TERM $$; }`;
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('exec', () => `${stopsOnce}\nexec`),
    );
    switchTo('1.1.0');
    start();
    expect(await once(agent, 'exit')).toEqual([null, 'SIGTERM']);
    start();
    expect(await judged()).toMatchObject({ current: '1.1.0', bad: {} });
  }, 90_000);
});

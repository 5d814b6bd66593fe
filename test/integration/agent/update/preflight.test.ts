import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { preflight } from '../../../../src/agent/update/preflight.ts';
import { VERSION } from '../../../../src/lib/build-info.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { executable } from '../../../support/agent-executable.ts';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { useTestServer } from '../../../support/test-server.ts';

const onEnd = useCleanup();
const server = useTestServer();
const ENTRY = join(process.cwd(), 'src/bin/commander-agent.ts');
/** How programs of this machine are named. */
const MACHINE = `${{ linux: 'linux', darwin: 'macos', win32: 'win' }[currentPlatform().os]}-${process.arch}`;
const ITSELF = `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${ENTRY}" "$@"\n`;

describeOnPosix('Before a switch', () => {
  let agent: AgentInProcess;
  let scriptPath: string;
  let bodyPath: string;

  beforeEach(async () => {
    agent = new AgentInProcess(onEnd);
    await agent.enroll({ token: await server().joinToken() });
    const { clock } = agent.host;
    const store = openAgentStore(agent.config.stateDir, { clock, log: silentLogger });
    onEnd(() => store.close()); // an agent that runs has it open
    scriptPath = join(agent.config.stateDir, 'new-version.sh');
    bodyPath = join(agent.config.stateDir, 'new-version.cjs');
  });

  interface Trial {
    readonly program?: string;
    readonly version?: string;
    readonly reachesServer?: boolean;
    readonly timeoutMs?: number;
    readonly freeBytes?: (dir: string) => Promise<number>;
    readonly signal?: AbortSignal;
  }

  async function fly(trial: Trial): Promise<void> {
    const { program = ITSELF, version = VERSION, reachesServer = true, timeoutMs = 20_000 } = trial;
    writeFileSync(scriptPath, program);
    writeFileSync(bodyPath, becoming(scriptPath));
    await preflight({
      ...{ version, timeoutMs, executablePath: process.execPath, machine: MACHINE, flags: {} },
      environment: { ...process.env, NODE_OPTIONS: `--no-warnings --require "${bodyPath}"` },
      stateDir: agent.config.stateDir,
      reachesServer: () => Promise.resolve(reachesServer),
      ...(trial.freeBytes && { freeBytes: trial.freeBytes }),
      signal: trial.signal ?? new AbortController().signal,
    });
  }

  /** A program of this machine, which is all that may be started, that goes on as a script. */
  function becoming(path: string): string {
    return `
delete process.env.NODE_OPTIONS;
process.execve('/bin/sh', ['sh', ${JSON.stringify(path)}, 'internal', ...process.argv.slice(2)], process.env);`;
  }

  function answering(report: object): string {
    return `#!/bin/sh\necho '${JSON.stringify(report)}'\n`;
  }

  test('a version that works passes, on a copy that is gone after that', async () => {
    await fly({});
    expect(existsSync(join(agent.config.stateDir, 'versions', 'preflight'))).toBe(false);
  });

  test('it sees the identity and the memory of this endpoint, but not the real ones', async () => {
    const seen = join(agent.config.stateDir, 'seen');
    const program = `#!/bin/sh\necho "$3" >${seen}\nls -R ${agent.config.stateDir}/versions/preflight >>${seen}\n`;
    await expect(fly({ program })).rejects.toMatchObject({ code: 'VERSION_UNFIT' });
    expect(readFileSync(seen, 'utf8')).toMatch(/versions\/preflight"[^]*state\.db[^]*identity\.json/);
  });

  test.each<[string, Trial, string]>([
    ['crashes', { program: '#!/bin/sh\necho no such library >&2; exit 127\n' }, 'no such library'],
    ['crashes without a word', { program: 'kill -SEGV $$\n' }, 'it ended at once by SIGSEGV'],
    ['hangs', { program: '#!/bin/sh\nexec sleep 600\n', timeoutMs: 300 }, 'it was not done after 300 ms'],
    ['speaks in riddles', { program: '#!/bin/sh\necho 17\n' }, 'no report'],
    ['is another one', { version: '9.9.9' }, `it calls itself "${VERSION}"`],
    ['says why it cannot', { program: answering({ error: 'no identity' }) }, 'no identity'],
    [
      'alone does not reach the server',
      { program: answering({ version: VERSION, reachesServer: false }) },
      'it does not reach the server',
    ],
    [
      'leaves a memory behind that this one cannot read',
      {
        program: `#!/bin/sh
exec "${process.execPath}" --no-warnings -e '
  const { DatabaseSync } = require("node:sqlite");
  const db = new DatabaseSync(JSON.parse(process.argv[3]).stateDir + "/state.db");
  db.exec("INSERT INTO schema_migrations (version, breaking) VALUES (999, 1)");
  console.log(JSON.stringify({ version: "${VERSION}", reachesServer: true }));' "$@"\n`,
      },
      'could not read what it would leave behind',
    ],
  ])('a version that %s is refused', async (_, trial, why) => {
    await expect(fly(trial)).rejects.toMatchObject({
      code: 'VERSION_UNFIT',
      message: expect.stringContaining(why) as unknown,
    });
    expect(existsSync(join(agent.config.stateDir, 'versions', 'preflight'))).toBe(false);
  });

  test.each([
    ['for another machine', executable('win-x64', ''), `it is for win-x64, this machine is ${MACHINE}`],
    ['cut off', executable('linux-x64', 'code').subarray(0, -1), 'so the rest of it is missing'],
    ['no program', Buffer.from('echo here >started\n'), 'it is not an executable'],
  ])('a file that is %s is not even started', async (_, content, why) => {
    writeFileSync(scriptPath, content, { mode: 0o700 });
    await expect(
      preflight({
        ...{ version: '9.9.9', executablePath: scriptPath, machine: MACHINE, flags: {} },
        environment: process.env,
        stateDir: agent.config.stateDir,
        reachesServer: () => Promise.resolve(true),
        signal: new AbortController().signal,
      }),
    ).rejects.toMatchObject({ code: 'VERSION_UNFIT', message: expect.stringContaining(why) as unknown });
  });

  test('without room for a copy nothing is held against the version', async () => {
    const flight = fly({ freeBytes: () => Promise.resolve(1024) });
    await expect(flight).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
  });

  test('when the disk became full meanwhile nothing is held against it either', async () => {
    const rooms = [2 ** 40, 1024];
    const freeBytes = (): Promise<number> => Promise.resolve(rooms.shift() ?? 0);
    const flight = fly({ program: answering({ error: 'cannot write' }), freeBytes });
    await expect(flight).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
    expect(rooms).toEqual([]);
  });

  test('a state that cannot be copied now can be later', async () => {
    writeFileSync(join(agent.config.stateDir, 'versions'), 'in the way');
    await expect(fly({})).rejects.toMatchObject({ code: 'STATE_UNWRITABLE', retryable: true });
  });

  test('a server that no version reaches is held against none', async () => {
    const program = answering({ version: VERSION, reachesServer: false });
    await expect(fly({ program, reachesServer: false })).resolves.toBeUndefined();
  });

  test('asked to stop, it stops', async () => {
    const signal = AbortSignal.timeout(200);
    const flight = fly({ program: '#!/bin/sh\nexec sleep 600\n', signal });
    await expect(flight).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from '@jest/globals';
import type { ShepherdOrder } from '../../../src/platform/platform.ts';
import { currentPlatform } from '../../../src/platform/select.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { isAlive } from '../../support/fixture-program.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();

interface Kept {
  readonly dir: string;
  readonly runDir: string;
  readonly logPath: string;
  readonly order: ShepherdOrder;
}

function keep(script: string, logLimits = '1000000 2'): Kept {
  const dir = makeTempDir(onEnd);
  const runDir = join(dir, 'a run');
  const logPath = join(dir, 'log');
  mkdirSync(runDir);
  writeFileSync(join(runDir, 'log-limits'), `${logLimits}\n`);
  return { dir, runDir, logPath, order: { runDir, logPath, command: '/bin/sh', args: ['-c', script] } };
}

/** Resolves when there is a shepherd, or will not be one. */
async function start({ dir, order, runDir }: Kept): Promise<number | undefined> {
  const { command, args } = currentPlatform().shepherd(order);
  const starter = spawn(command, [...args], { cwd: dir, detached: true, stdio: 'ignore' });
  onEnd(async () => {
    const mark = { name: 'COMMANDER_SERVICE', value: runDir };
    await currentPlatform().processTree({ mark }).kill(5_000);
  });
  await once(starter, 'exit');
  const { pid } = identityOf(runDir);
  return pid;
}

function identityOf(runDir: string): { pid?: number; identity?: string } {
  const path = join(runDir, 'shepherd');
  if (!existsSync(path)) return {};
  const identity = readFileSync(path, 'utf8').trim().replace(/\s+/g, ' ');
  return { pid: parseInt(identity, 10), identity };
}

async function run(kept: Kept): Promise<void> {
  const pid = await start(kept);
  if (pid !== undefined && !Number.isNaN(pid)) await isOver(pid);
}

async function psNumber(field: 'ppid' | 'pgid', pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', `${field}=`, '-p', String(pid)]);
  return Number(stdout);
}

async function isOver(pid: number): Promise<void> {
  await waitFor(() => !isAlive(pid), { what: 'the shepherd to end' });
}

describe('a shepherd', () => {
  testOnPosix('writes down who it is, what it started, what that wrote and how it ended', async () => {
    const kept = keep('echo $$; echo to stderr >&2; sleep 0.2; exit 7');
    const pid = (await start(kept)) ?? 0;
    const { identity } = identityOf(kept.runDir);
    expect(identity).toBe(await currentPlatform().processIdentity(pid));
    await isOver(pid);
    expect(await currentPlatform().processIdentity(pid)).toBeUndefined();
    expect(readFileSync(join(kept.runDir, 'exit'), 'utf8')).toBe('7\n');
    const program = readFileSync(join(kept.runDir, 'program'), 'utf8');
    expect(readFileSync(kept.logPath, 'utf8')).toBe(`${program}to stderr\n`);
  });

  testOnPosix('starts nothing when an agent has taken its place', async () => {
    const kept = keep('touch started');
    writeFileSync(join(kept.runDir, 'shepherd'), '');
    await run(kept);
    expect(existsSync(join(kept.dir, 'started'))).toBe(false);
  });

  testOnPosix('starts nothing when its folder is gone', async () => {
    const kept = keep('touch started');
    rmSync(kept.runDir, { recursive: true });
    await run(kept);
    expect(existsSync(join(kept.dir, 'started'))).toBe(false);
  });

  testOnPosix('is the only one that starts something, of many', async () => {
    const kept = keep('echo started; sleep 0.1');
    await Promise.all(Array.from({ length: 10 }, async () => await run(kept)));
    expect(readFileSync(kept.logPath, 'utf8')).toBe('started\n');
  });

  testOnPosix('passes the mark on to the program, and does not bear it itself', async () => {
    const kept = keep('echo "$COMMANDER_SERVICE"; sleep 10');
    const pid = await start(kept);
    await waitFor(() => existsSync(kept.logPath) && statSync(kept.logPath).size > 0, { what: 'the mark' });
    expect(readFileSync(kept.logPath, 'utf8')).toBe(`${kept.runDir}\n`);
    const mark = { name: 'COMMANDER_SERVICE', value: kept.runDir };
    await currentPlatform().processTree({ mark }).kill(5_000);
    await waitFor(() => existsSync(join(kept.runDir, 'exit')), { what: 'the exit code' });
    expect(readFileSync(join(kept.runDir, 'exit'), 'utf8')).toBe('137\n');
    await isOver(pid ?? 0);
  });

  testOnPosix('outlives a signal to its whole group, and tells what it did to the program', async () => {
    const kept = keep('trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done');
    const pid = (await start(kept)) ?? 0;
    await waitFor(() => existsSync(kept.logPath) && statSync(kept.logPath).size > 0, { what: 'the program' });
    process.kill(-(await psNumber('pgid', pid)), 'SIGTERM');
    await isOver(pid);
    expect(readFileSync(join(kept.runDir, 'exit'), 'utf8')).toBe('9\n');
  });

  testOnPosix('leaves signals to the program as they were', async () => {
    const kept = keep('kill -INT $$; echo still here');
    await run(kept);
    expect(readFileSync(join(kept.runDir, 'exit'), 'utf8')).toBe('130\n');
  });

  testOnPosix('rotates the log by size and keeps so many old ones, all lines in order', async () => {
    const kept = keep('i=0; while [ $i -lt 5000 ]; do echo "line $i"; i=$((i + 1)); done', '8192 2');
    await run(kept);
    expect(readdirSync(kept.dir).sort()).toEqual(['a run', 'log', 'log.1', 'log.2']);
    const texts = ['log.2', 'log.1', 'log'].map((name) => readFileSync(join(kept.dir, name), 'utf8'));
    for (const text of texts) expect(text.length).toBeLessThan(8192 + 2 * 4096);
    const lines = texts.join('').trim().split('\n').slice(1); // the first may be cut
    expect(lines).toEqual(lines.map((_, index) => `line ${5000 - lines.length + index}`));
  });

  testOnPosix('keeps to other limits from some later output on', async () => {
    const kept = keep(
      'for i in 1 2 3 4 5; do dd if=/dev/zero bs=4096 count=300 2>/dev/null; sleep 0.1; done',
    );
    const pid = (await start(kept)) ?? 0;
    writeFileSync(join(kept.runDir, 'log-limits'), '8192 1\n');
    await isOver(pid);
    expect(readdirSync(kept.dir).sort()).toEqual(['a run', 'log', 'log.1']);
    expect(statSync(kept.logPath).size).toBeLessThan(8192 + 2 * 4096);
  });

  testOnPosix(
    'is nobody’s child, so that no dead one is left to an agent that knows nothing of it',
    async () => {
      const kept = keep('sleep 10');
      const pid = (await start(kept)) ?? 0;
      expect(await psNumber('ppid', pid)).not.toBe(process.pid);
      process.kill(pid, 'SIGKILL');
      await waitFor(() => !existsSync(`/proc/${pid}`), { what: 'it to be gone, not only dead' });
    },
  );

  testOnPosix('does not let a log that cannot be written stop the program', async () => {
    const kept = keep(
      'i=0; while [ $i -lt 20000 ]; do echo "some text that fills a pipe"; i=$((i + 1)); done; exit 5',
    );
    mkdirSync(kept.logPath);
    await run(kept);
    expect(readFileSync(join(kept.runDir, 'exit'), 'utf8')).toBe('5\n');
  });
});

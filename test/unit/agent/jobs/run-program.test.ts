import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JobLimits } from '../../../../src/agent/jobs/job-options.ts';
import { prepareRun, runProgram } from '../../../../src/agent/jobs/run-program.ts';
import type { Workspace } from '../../../../src/agent/jobs/workspace.ts';
import { Stopped, type StopReason } from '../../../../src/lib/stopped.ts';
import type { JobAssignment } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { fixtureProgram } from '../../../support/fixture-program.ts';
import { makeFolders, makeJob, makeJobDeps, makeStepContext } from '../../../support/job-deps.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

interface Prepared {
  readonly workspace: Workspace;
  readonly prepare: () => ReturnType<typeof prepareRun>;
  readonly run: () => ReturnType<typeof runProgram>;
  readonly stop: (why: StopReason) => void;
}

/** A job whose program is one of the fixtures, run by node. */
function jobOf(
  program: string,
  { limits, ...assignment }: Partial<JobAssignment> & { limits?: Partial<JobLimits> } = {},
): Prepared {
  const deps = makeJobDeps(onEnd, {
    environment: {
      ...process.env,
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      SECRET: 'x',
    },
    ...(limits === undefined ? {} : { limits }),
  });
  const job = makeJob(deps, { executor: 'node', filename: program, argv: [], ...assignment });
  const workspace = makeFolders(deps, job);
  copyFileSync(fixtureProgram(program), join(workspace.filesDir, program));
  const stopping = new AbortController();
  const context = makeStepContext(deps, { signal: stopping.signal });
  return {
    workspace,
    prepare: async () => await prepareRun(job, context),
    run: async () => await runProgram(job, context),
    stop: (why) => stopping.abort(new Stopped(why)),
  };
}

test('a program runs in its folder, with its arguments, the essential environment and the mark', async () => {
  const { run, workspace } = jobOf('tells-surroundings.mjs', { jobID: 'job-1', argv: ['a b', '"'] });
  await expect(run()).resolves.toMatchObject({
    phase: 'exited',
    result: { outcome: 'succeeded', exitCode: 0 },
  });
  const told = JSON.parse(readFileSync(workspace.stdoutPath, 'utf8')) as Record<string, unknown>;
  expect(told).toMatchObject({
    argv: ['a b', '"'],
    cwd: workspace.filesDir,
    env: { COMMANDER_JOB: workspace.dir, COMMANDER_JOB_ID: 'job-1' },
  });
  expect(told['env']).not.toHaveProperty('SECRET');
});

test('an exit code other than 0 is a failure, and output is counted', async () => {
  const argv = ['out', 'err'].map((text) => Buffer.from(text).toString('base64'));
  await expect(jobOf('writes.mjs', { argv: [...argv, '3'] }).run()).resolves.toEqual({
    phase: 'exited',
    result: { outcome: 'failed', exitCode: 3, stdoutBytes: 3, stderrBytes: 3 },
  });
});

describe('time limits', () => {
  test('of the job end it', async () => {
    const { run } = jobOf('sleeps.mjs', { timeoutSeconds: 1 });
    await expect(run()).resolves.toMatchObject({
      result: { outcome: 'timed-out', reason: 'Ended after running for 1 s, its time limit' },
    });
  });

  test('of the manifest hold when the job says nothing', async () => {
    const { run, workspace } = jobOf('sleeps.mjs');
    writeFileSync(join(workspace.filesDir, 'manifest.json'), '{"timeoutSeconds":1}');
    await expect(run()).resolves.toMatchObject({ result: { outcome: 'timed-out' } });
  });

  test('of this host hold when nobody says anything', async () => {
    const { run } = jobOf('sleeps.mjs', { limits: { timeoutMs: 300 } });
    await expect(run()).resolves.toMatchObject({
      result: { outcome: 'timed-out', reason: 'Ended after running for 0.3 s, its time limit' },
    });
  });

  test('on silence too', async () => {
    const { run } = jobOf('sleeps.mjs', { limits: { noOutputTimeoutMs: 300 } });
    await expect(run()).resolves.toMatchObject({
      result: { outcome: 'timed-out', reason: 'Ended after writing nothing for 0.3 s' },
    });
  });
});

test.each([
  ['job-canceled', 'canceled', 'Canceled while it ran'],
  ['shutdown', 'interrupted', 'The agent was stopped while the program ran'],
] as const)('stopped for "%s" it is %s', async (why, outcome, reason) => {
  const { run, stop, workspace } = jobOf('ticks.mjs');
  const running = run();
  await waitFor(() => statSync(workspace.stdoutPath, { throwIfNoEntry: false })?.isFile(), {
    what: 'its output',
  });
  stop(why);
  await expect(running).resolves.toMatchObject({ phase: 'exited', result: { outcome, reason } });
});

testOnPosix('a signal that nobody of us sent is told', async () => {
  const { run, workspace } = jobOf('sleeps.mjs', { executor: 'sh', filename: 'sleeps.mjs' });
  writeFileSync(join(workspace.filesDir, 'sleeps.mjs'), 'kill -SEGV $$\n');
  await expect(run()).resolves.toMatchObject({
    result: { outcome: 'failed', signal: 'SIGSEGV', reason: 'The program was ended by signal SIGSEGV' },
  });
});

describe('before the run', () => {
  testOnPosix('a file that is to be started itself is made executable', async () => {
    const { prepare, workspace } = jobOf('sleeps.mjs', { executor: 'binary' });
    const path = join(workspace.filesDir, 'sleeps.mjs');
    chmodSync(path, 0o600);
    await expect(prepare()).resolves.toEqual({ phase: 'running' });
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('a missing interpreter is found missing', async () => {
    const { prepare } = jobOf('sleeps.mjs', { executor: 'no-such-interpreter' });
    await expect(prepare()).rejects.toMatchObject({ code: 'INTERPRETER_MISSING' });
  });
});

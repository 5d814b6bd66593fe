import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fetchArchive } from '../../../../src/agent/jobs/fetch-archive.ts';
import { workspaceOf } from '../../../../src/agent/jobs/workspace.ts';
import { systemClock, type Clock } from '../../../../src/lib/clock.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { Wakeup } from '../../../../src/lib/wakeup.ts';
import type { JobAssignment } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps, makeStepContext } from '../../../support/job-deps.ts';
import { RecordingJobServer } from '../../../support/recording-job-server.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const HOUR_MS = 3_600_000;

function away(): AppError {
  return new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true });
}

function broken(retryAfterMs?: number): AppError {
  return new AppError('SERVER_ERROR', 'Out of order', { retryable: true, retryAfterMs });
}

/** Time passes at once, and how long was slept is known. */
function fastClock(): Clock & { slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    ...systemClock,
    slept,
    monotonic: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
      await Promise.resolve();
    },
  };
}

test('the archive is in the workspace when it is fetched', async () => {
  const deps = makeJobDeps(onEnd);
  const job = makeJob(deps);
  deps.server.archives.set(job.assignment.filename, Buffer.from('archive'));
  await expect(fetchArchive(job, makeStepContext(deps))).resolves.toEqual({ phase: 'fetched' });
  expect(readFileSync(workspaceOf(deps.workDir, job.jobID).archivePath, 'utf8')).toBe('archive');
});

test('what this host does not allow is not even fetched', async () => {
  const deps = makeJobDeps(onEnd, { policy: { allowedExecutors: [] } });
  const job = makeJob(deps);
  await expect(fetchArchive(job, makeStepContext(deps))).rejects.toMatchObject({
    code: 'EXECUTOR_NOT_ALLOWED',
  });
  expect(deps.server.fetches).toBe(0);
  expect(existsSync(workspaceOf(deps.workDir, job.jobID).dir)).toBe(false);
});

test('a server that fails is tried a few times, with growing waits and its own wish as floor', async () => {
  const clock = fastClock();
  const deps = makeJobDeps(onEnd, { clock, random: () => 0.5, limits: { fetchAttempts: 4 } });
  deps.server.fetchFailures.push(broken(), broken(10_000), broken(), broken(), broken());
  const job = makeJob(deps);
  await expect(fetchArchive(job, makeStepContext(deps))).rejects.toMatchObject({
    code: 'SERVER_ERROR',
    message: 'Gave up fetching the archive',
    cause: expect.objectContaining({ message: 'Out of order' }),
  });
  expect(deps.server.fetches).toBe(4);
  expect(clock.slept).toEqual([100, 10_200, 400]);
});

test('a server that is away is waited for, for as long as the limit says', async () => {
  const clock = fastClock();
  const deps = makeJobDeps(onEnd, { clock, random: () => 0.999, limits: { fetchPatienceMs: HOUR_MS } });
  deps.server.isAway = true;
  const job = makeJob(deps);
  await expect(fetchArchive(job, makeStepContext(deps))).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
  });
  const waitedMs = clock.slept.reduce((sum, ms) => sum + ms, 0);
  expect(waitedMs).toBeGreaterThanOrEqual(HOUR_MS);
  expect(waitedMs).toBeLessThan(HOUR_MS + 5 * 60_000);
  expect(deps.server.fetches).toBeLessThan(40);
});

test('the news that the server is back cuts the wait short', async () => {
  const deps = makeJobDeps(onEnd, { random: () => 0.999, clock: { ...systemClock, sleep: neverOver } });
  const job = makeJob(deps);
  deps.server.archives.set(job.assignment.filename, Buffer.from('archive'));
  deps.server.isAway = true;
  const serverIsBack = new Wakeup();
  const fetching = fetchArchive(job, makeStepContext(deps, { serverIsBack }));
  await waitFor(() => deps.server.fetches > 0, { what: 'the first attempt' });
  deps.server.isAway = false;
  serverIsBack.ring();
  await expect(fetching).resolves.toEqual({ phase: 'fetched' });
});

test('what the server refuses is not tried again', async () => {
  const deps = makeJobDeps(onEnd);
  await expect(fetchArchive(makeJob(deps), makeStepContext(deps))).rejects.toMatchObject({
    code: 'SERVER_REFUSED',
  });
  expect(deps.server.fetches).toBe(1);
});

test('being stopped while waiting ends it with the reason', async () => {
  const deps = makeJobDeps(onEnd, { clock: { ...systemClock, sleep: neverOver } });
  deps.server.fetchFailures.push(away());
  const stop = new AbortController();
  const fetching = fetchArchive(makeJob(deps), makeStepContext(deps, { signal: stop.signal }));
  await waitFor(() => deps.server.fetches > 0, { what: 'the first attempt' });
  stop.abort(new Stopped('job-canceled'));
  await expect(fetching).rejects.toBe(stop.signal.reason);
});

async function neverOver(_ms: number, signal?: AbortSignal): Promise<void> {
  await systemClock.sleep(HOUR_MS, signal);
}

test('an archive that is kept here is taken along, so that the server need not be there', async () => {
  const keptDir = makeTempDir(onEnd);
  const archive = { sha256: 'a'.repeat(64), size: 4 };
  writeFileSync(join(keptDir, archive.sha256), 'kept');
  const seen: string[] = [];
  const server = Object.assign(new RecordingJobServer(), {
    fetchArchive: async (_: JobAssignment, path: string) =>
      await Promise.resolve(void seen.push(existsSync(path) ? readFileSync(path, 'utf8') : 'nothing')),
  });
  const deps = makeJobDeps(onEnd, { server, keptArchive: (sha256) => join(keptDir, sha256) });
  await fetchArchive(makeJob(deps, { archive }), makeStepContext(deps));
  const other = { ...archive, sha256: 'b'.repeat(64) };
  await fetchArchive(makeJob(deps, { jobID: 'other', archive: other }), makeStepContext(deps));
  expect(seen).toEqual(['kept', 'nothing']);
});

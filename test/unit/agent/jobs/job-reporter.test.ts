import { expect, test } from '@jest/globals';
import { JobReporter } from '../../../../src/agent/jobs/job-reporter.ts';
import { systemClock, type Clock } from '../../../../src/lib/clock.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps, type TestDeps } from '../../../support/job-deps.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const HOUR_MS = 3_600_000;
const RESULT = { outcome: 'succeeded', exitCode: 0, stdoutBytes: 0, stderrBytes: 0 } as const;

function start(deps: TestDeps): JobReporter {
  const reporter = new JobReporter(deps);
  const stopping = new AbortController();
  const loop = reporter.loop(stopping.signal).catch((error: unknown) => {
    if (error !== stopping.signal.reason) throw error;
  });
  onEnd(async () => {
    stopping.abort(new Stopped('shutdown'));
    await loop;
  });
  return reporter;
}

function makeExited(deps: TestDeps, ...jobIDs: string[]): void {
  for (const jobID of jobIDs) makeJob(deps, { jobID }, [{ phase: 'exited', result: RESULT }]);
}

function reported(deps: TestDeps): unknown[] {
  return deps.server.reports.map(({ report }) => report.jobID);
}

async function whenAllClean(deps: TestDeps): Promise<void> {
  await waitFor(() => deps.journal.active().length === 0, { what: 'a clean journal', everyMs: 5 });
}

/** Waits are not waited for, and known. */
function fastClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    await systemClock.sleep(0);
  };
  return { ...systemClock, slept, sleep };
}

test('what the journal holds from before is reported at the start, and what ends later when it is woken', async () => {
  const deps = makeJobDeps(onEnd);
  makeExited(deps, 'before');
  makeJob(deps, { jobID: 'half' }, [{ phase: 'reported', result: RESULT }]);
  const reporter = start(deps);
  await whenAllClean(deps);
  makeExited(deps, 'later');
  reporter.wake();
  await whenAllClean(deps);
  expect(reported(deps)).toEqual(['before', 'later']);
});

test('while the server is away it is tried with growing waits, once a round, and told once', async () => {
  const clock = fastClock();
  const levels: string[] = [];
  const log = { ...silentLogger, warn: () => levels.push('warn'), debug: () => levels.push('debug') };
  log.child = () => ({ ...silentLogger });
  const deps = makeJobDeps(onEnd, { clock, log, random: () => 0.5 });
  makeExited(deps, 'one', 'two');
  deps.server.isAway = true;
  start(deps);
  await waitFor(() => clock.slept.length >= 4, { what: 'four rounds' });
  deps.server.isAway = false;
  await whenAllClean(deps);
  expect(clock.slept.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
  expect(levels.slice(0, 4)).toEqual(['warn', 'debug', 'debug', 'debug']);
  expect(deps.server.posts).toBe(clock.slept.length + 2);
  expect(reported(deps)).toEqual(['one', 'two']);
});

test('being woken cuts a wait short: the server has come back', async () => {
  const neverOver = async (_: number, signal?: AbortSignal): Promise<void> => {
    await systemClock.sleep(HOUR_MS, signal);
  };
  const deps = makeJobDeps(onEnd, { clock: { ...systemClock, sleep: neverOver } });
  makeExited(deps, 'one');
  deps.server.isAway = true;
  const reporter = start(deps);
  await waitFor(() => deps.server.posts > 0, { what: 'an attempt' });
  deps.server.isAway = false;
  reporter.wake();
  await whenAllClean(deps);
});

test('one result that the server chokes on does not hold up the others', async () => {
  const clock = fastClock();
  const deps = makeJobDeps(onEnd, { clock, random: () => 0 });
  makeExited(deps, 'choking', 'fine');
  deps.server.reportFailures.push(
    new AppError('SERVER_ERROR', 'Out of order', { retryable: true, retryAfterMs: 9_000 }),
  );
  start(deps);
  await whenAllClean(deps);
  expect(reported(deps)).toEqual(['fine', 'choking']);
  expect(clock.slept).toEqual([9_000]);
});

test('jobs that were finished long ago are forgotten on the way', async () => {
  const clock = new SettableClock();
  const deps = makeJobDeps(onEnd, { clock, limits: { rememberMs: HOUR_MS } });
  makeJob(deps, { jobID: 'old' }, [{ phase: 'cleaned', result: RESULT }]);
  clock.advance(2 * HOUR_MS);
  makeExited(deps, 'new');
  start(deps);
  await waitFor(() => deps.journal.get('old') === undefined, { what: 'the old job to go' });
  expect(deps.journal.recent(10).map(({ jobID }) => jobID)).toEqual(['new']);
});

import { writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { LARGEST_REPORT_BYTES, buildReport } from '../../../../src/agent/jobs/build-report.ts';
import type { JobLimits } from '../../../../src/agent/jobs/job-options.ts';
import { validateHistoryPost } from '../../../../src/protocol/generated/job.js';
import type { JobAssignment } from '../../../../src/protocol/schemas/job.ts';
import type { Job, JobResult } from '../../../../src/store/agent/job-journal.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeFolders, makeJob, makeJobDeps } from '../../../support/job-deps.ts';

const onEnd = useCleanup();
const MIB = 1024 ** 2;

/** The report of a job with these phase times, result and output. */
async function report(
  result: Omit<JobResult, 'stdoutBytes' | 'stderrBytes'>,
  {
    stdout = '',
    stderr = '',
    limits = {},
    assignment = {},
    phaseTimes = {},
  }: {
    stdout?: string | Buffer;
    stderr?: string | Buffer;
    limits?: Partial<JobLimits>;
    assignment?: Partial<JobAssignment>;
    phaseTimes?: Job['phaseTimes'];
  } = {},
): ReturnType<typeof buildReport> {
  const deps = makeJobDeps(onEnd, { limits });
  const job = makeJob(deps, assignment);
  const { stdoutPath, stderrPath } = makeFolders(deps, job);
  writeFileSync(stdoutPath, stdout);
  writeFileSync(stderrPath, stderr);
  const counts = { stdoutBytes: Buffer.byteLength(stdout), stderrBytes: Buffer.byteLength(stderr) };
  return await buildReport({ ...job, phase: 'exited', phaseTimes, result: { ...result, ...counts } }, deps);
}

test('it is what was pushed, and what came of it', async () => {
  const phaseTimes = { accepted: 1000, fetched: 1100, extracted: 1200, running: 1300, exited: 2500 };
  const built = await report(
    { outcome: 'failed', exitCode: 3 },
    { stdout: 'grüße ☃', stderr: 'oh', phaseTimes },
  );
  expect(built).toEqual({
    report: {
      jobID: '5f0c6c36-9d5b-4b0e-9a52-0d7f8a1c2b3d',
      executor: 'bash',
      filename: 'backup.sh',
      description: 'Nightly backup',
      os: 'Linux',
      user: 'root',
      timeCreated: '1795333254.79452Z',
      argv: ['--all'],
      timeStarted: '1.300Z',
      timeEnded: '2.500Z',
      exitCode: 3,
      stdout: 'grüße ☃',
      stderr: 'oh',
    },
    detail: {
      outcome: 'failed',
      phaseTimes: { accepted: 1, fetched: 1.1, extracted: 1.2, running: 1.3, exited: 2.5 },
      stdoutBytes: 11,
      stderrBytes: 2,
    },
  });
  expect(validateHistoryPost({ job: built.report, detail: built.detail })).toBe(true);
});

test('where there is no exit code, stderr says why: the original shows nothing else', async () => {
  const reason = 'Ended after running for 5 s, its time limit';
  const { report: job, detail } = await report({ outcome: 'timed-out', reason }, { stderr: 'working' });
  expect(job).not.toHaveProperty('exitCode');
  expect(job.stderr).toBe(`working\ncommander-agent: timed-out: ${reason}\n`);
  expect(detail).toMatchObject({ outcome: 'timed-out', reason });
});

test('what the original cannot do without is there though nobody said it', async () => {
  const assignment = { description: undefined, os: undefined, argv: undefined, user: undefined } as object;
  const { report: job } = await report(
    { outcome: 'refused', errorCode: 'UNSUPPORTED', reason: 'no' },
    { assignment },
  );
  expect(job).toMatchObject({ description: '', os: '', stderr: 'commander-agent: refused: no\n' });
  expect(job.timeEnded).toMatch(/^\d+\.\d{3}Z$/);
  expect(job).not.toHaveProperty('timeStarted');
});

test('of long output both ends are told, and how much lies between', async () => {
  const { report: job, detail } = await report(
    { outcome: 'succeeded', exitCode: 0 },
    { stdout: `BEGIN${'x'.repeat(1000)}END`, limits: { reportedBytes: 5 } },
  );
  expect(job.stdout).toBe('BEGIN\n[... 998 bytes left out ...]\nxxEND');
  expect(detail.stdoutBytes).toBe(1008);
});

test.each([
  ['control characters, which take six bytes each', Buffer.alloc(4 * MIB)],
  ['invalid bytes, which take three', Buffer.alloc(8 * MIB, 0xff)],
])('output of %s is cut until the whole fits', async (_, stdout) => {
  const { report: job, detail } = await report(
    { outcome: 'succeeded', exitCode: 0 },
    { stdout, stderr: stdout, limits: { reportedBytes: 8 * MIB } },
  );
  const bytes = Buffer.byteLength(JSON.stringify({ job, detail }));
  expect(bytes).toBeLessThanOrEqual(LARGEST_REPORT_BYTES);
  expect(bytes).toBeGreaterThan(LARGEST_REPORT_BYTES / 4);
  expect(job.stdout).toContain('bytes left out');
});

test('the run of a task says of which one, for the server knows of no such job', async () => {
  const origin = { task: 'cleanup', dueAt: 1795422600, attempt: 2 };
  const { report: job, detail } = await report(
    { outcome: 'succeeded', exitCode: 0 },
    { assignment: { origin } },
  );
  expect(detail.origin).toEqual(origin);
  expect(validateHistoryPost({ job, detail })).toBe(true);
});

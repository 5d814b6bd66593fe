import { describe, expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import type { JobView } from '../../../../src/protocol/schemas/admin/jobs.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleJob } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

async function show(job: JobView, ...flags: string[]): Promise<string> {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer(`GET /admin/jobs/${job.jobID}`, { json: job });
  const clock = { ...systemClock, now: () => Date.parse('2026-11-23T08:00:00.000Z') };
  return (await run(['jobs', 'show', job.jobID, ...flags], { ports: { clock } })).stdout;
}

test('a job is shown with its phases and its output', async () => {
  const job = sampleJob({ argv: ['-v', 'two words'] });
  expect(await show(job)).toBe(
    [
      `Job          ${job.jobID}`,
      'Program      hello.sh "-v" "two words"',
      'Executor     sh',
      `Agent        web-1 (${job.agentID})`,
      'Assigned by  admin',
      `Assigned     ${localTime(job.createdAt)} (18 min ago)`,
      `Started      ${localTime(job.startedAt ?? '')}`,
      `Ended        ${localTime(job.endedAt ?? '')}`,
      'Status       succeeded',
      '  queued     20 ms',
      '  fetch      4 ms',
      '  extract    2 ms',
      '  start      1 ms',
      '  run        1.5 s',
      '  total      1.6 s',
      '',
      'Output:',
      'hello',
      '',
    ].join('\n'),
  );
});

describe('its output', () => {
  test('is said to be cut when the server has only head and tail', async () => {
    expect(await show(sampleJob({ stdoutBytes: 5000 }))).toContain(
      'Output (head and tail of 5000 bytes):\nhello\n',
    );
  });

  test('is told from its errors', async () => {
    expect(await show(sampleJob({ stderr: 'oops\n', stderrBytes: 5 }))).toMatch(
      /Output:\nhello\n\nErrors:\noops\n$/,
    );
  });

  test('does not steer the terminal', async () => {
    expect(await show(sampleJob({ stdout: '\u001b[2J' }))).toContain('␛[2J');
  });
});

test('--json gives it as the server does', async () => {
  expect(JSON.parse(await show(sampleJob(), '--json'))).toEqual(sampleJob());
});

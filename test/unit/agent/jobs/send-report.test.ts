import { expect, test } from '@jest/globals';
import { sendReport } from '../../../../src/agent/jobs/send-report.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps, makeStepContext, type TestDeps } from '../../../support/job-deps.ts';

const onEnd = useCleanup();
const RESULT = { outcome: 'canceled', stdoutBytes: 0, stderrBytes: 0 } as const;

async function send(deps: TestDeps): ReturnType<typeof sendReport> {
  return await sendReport(makeJob(deps, {}, [{ phase: 'exited', result: RESULT }]), makeStepContext(deps));
}

test('the server has the result when it is reported', async () => {
  const deps = makeJobDeps(onEnd);
  await expect(send(deps)).resolves.toEqual({ phase: 'reported' });
  expect(deps.server.reports).toMatchObject([
    { report: { filename: 'backup.sh' }, detail: { outcome: 'canceled' } },
  ]);
});

test('a server that may take it later is left to be tried again', async () => {
  const deps = makeJobDeps(onEnd);
  deps.server.isAway = true;
  await expect(send(deps)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
});

test('a result that the server will never take is given up, and a person is told', async () => {
  const events: string[] = [];
  const deps = makeJobDeps(onEnd, { log: { ...silentLogger, error: (evt) => events.push(evt) } });
  deps.server.reportFailures.push(new AppError('SERVER_REFUSED', 'No such agent'));
  await expect(send(deps)).resolves.toEqual({ phase: 'reported' });
  expect(events).toEqual(['job.report-refused']);
});

import { expect, test } from '@jest/globals';
import { requireAllowed } from '../../../../src/agent/jobs/job-policy.ts';
import type { JobAssignment } from '../../../../src/protocol/schemas/job.ts';
import { linuxPlatform } from '../../../../src/platform/linux.ts';
import { win32Platform } from '../../../../src/platform/win32.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps } from '../../../support/job-deps.ts';

const onEnd = useCleanup();
const HOST = { environment: {}, homeDir: '/home/ada', rootDir: '/', isAdmin: false };
const PLATFORMS = { linux: linuxPlatform(HOST), win32: win32Platform(HOST) };

function check(
  assignment: Partial<JobAssignment>,
  { os = 'linux', allowedExecutors }: { os?: keyof typeof PLATFORMS; allowedExecutors?: string[] } = {},
): () => void {
  const deps = makeJobDeps(onEnd, { platform: PLATFORMS[os], policy: { allowedExecutors } });
  const job = makeJob(deps, assignment);
  return () => requireAllowed(job, deps);
}

test('without a policy every executor of the system is allowed', () => {
  expect(check({ executor: 'perl' })).not.toThrow();
});

test('a policy allows what it names', () => {
  expect(check({ executor: 'bash' }, { allowedExecutors: ['bash'] })).not.toThrow();
  expect(check({ executor: 'python' }, { allowedExecutors: ['bash'] })).toThrow(
    expect.objectContaining({
      code: 'EXECUTOR_NOT_ALLOWED',
      message: 'Executor "python" is not allowed on this host; its owner can add it to the allowed executors',
    }),
  );
});

test('an executor that the system cannot have says so', () => {
  expect(check({ executor: 'cmd' })).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED',
      message: 'Executor "cmd" does not exist on Linux; use another one',
    }),
  );
});

test.each([{ filename: 'nul' }, { filename: 'run.bat:stream' }, { jobID: 'COM1' }])(
  'names that Windows reads in another way are refused there: %j',
  (assignment) => {
    expect(check(assignment)).not.toThrow();
    expect(check(assignment, { os: 'win32' })).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  },
);

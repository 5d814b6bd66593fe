import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { jobCommand } from '../../../../src/agent/jobs/job-command.ts';
import { workspaceOf } from '../../../../src/agent/jobs/workspace.ts';
import type { Platform } from '../../../../src/platform/platform.ts';
import { linuxPlatform } from '../../../../src/platform/linux.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';

const HOST = { environment: {}, homeDir: '/home/ada', rootDir: '/', isAdmin: false };
const workspace = workspaceOf(join('/', 'w'), 'job-1');
const file = join(workspace.filesDir, 'backup.sh');
const environment = {
  PATH: '/bin',
  HOME: '/home/ada',
  AWS_SECRET_ACCESS_KEY: 'secret',
  NODE_OPTIONS: '--inspect',
};

/** A host on whose path just these programs are. */
function hostWith(...programs: string[]): Platform {
  return {
    ...linuxPlatform(HOST),
    findProgram: (program) => (programs.includes(program) ? `/bin/${program}` : undefined),
  };
}

function command(executor: string, platform: Platform): ReturnType<typeof jobCommand> {
  return jobCommand(sampleAssignment({ executor, jobID: 'job-1', argv: ['a b', '$X'] }), workspace, {
    platform,
    environment,
  });
}

test('an interpreter is given the file, and then the job’s arguments as they are', () => {
  expect(command('bash', hostWith('bash'))).toMatchObject({
    command: '/bin/bash',
    args: [file, 'a b', '$X'],
    isDirect: false,
  });
});

test('the file itself is started by "binary"', () => {
  expect(command('binary', hostWith())).toMatchObject({ command: file, args: ['a b', '$X'], isDirect: true });
});

test('an executor’s own arguments come first', () => {
  const { args } = command('powershell', hostWith('pwsh'));
  expect(args.slice(-4)).toEqual(['-File', file, 'a b', '$X']);
});

test('of several names the first that is there is taken', () => {
  expect(command('python', hostWith('python', 'python3')).command).toBe('/bin/python3');
  expect(command('python', hostWith('python')).command).toBe('/bin/python');
});

test('the environment is the essential part of ours, and the mark', () => {
  expect(command('bash', hostWith('bash')).env).toEqual({
    PATH: '/bin',
    HOME: '/home/ada',
    COMMANDER_JOB: workspace.dir,
    COMMANDER_JOB_ID: 'job-1',
  });
});

test('a missing interpreter says what was looked for, and where', () => {
  expect(() => command('python', hostWith())).toThrow(
    expect.objectContaining({
      code: 'INTERPRETER_MISSING',
      message:
        'Cannot run "backup.sh": "python3", "python" not found on this host\'s PATH (/bin); install it, or use another executor',
    }),
  );
});

test('an executor that the system cannot have is unsupported', () => {
  expect(() => command('cmd', hostWith())).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
});

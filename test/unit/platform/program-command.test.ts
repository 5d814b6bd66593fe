import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { linuxPlatform } from '../../../src/platform/linux.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { programCommand, type Program, type ProgramCommand } from '../../../src/platform/program-command.ts';

const filesDir = join('/', 'files');
const file = join(filesDir, 'run.sh');

/** A host on whose path just these programs are. */
function hostWith(...programs: string[]): Platform {
  return {
    ...linuxPlatform({ environment: {}, homeDir: '/home/ada', rootDir: '/', isAdmin: false }),
    findProgram: (program) => (programs.includes(program) ? `/bin/${program}` : undefined),
  };
}

function command(
  program: Partial<Program>,
  platform: Platform,
  environment: NodeJS.ProcessEnv = {},
): ProgramCommand {
  const variables = { COMMANDER_SERVICE_NAME: 'web', PATH: '/not/mine/to/say' };
  return programCommand(
    { executor: 'bash', filename: 'run.sh', ...program },
    { filesDir, environment, variables },
    platform,
  );
}

test('an interpreter gets the file, and then the arguments as they are', () => {
  expect(command({ argv: ['a b', '$X'] }, hostWith('bash'))).toEqual({
    command: '/bin/bash',
    args: [file, 'a b', '$X'],
    env: expect.any(Object),
    isDirect: false,
  });
});

test('a program of its own is started directly', () => {
  expect(command({ executor: 'binary', argv: ['x'] }, hostWith())).toMatchObject({
    command: file,
    args: ['x'],
    isDirect: true,
  });
});

test('the environment is the essential part of ours and what is added, of which ours goes first', () => {
  const ours = { PATH: '/bin', HOME: '/home/ada', AWS_SECRET_ACCESS_KEY: 'secret', NODE_OPTIONS: '--x' };
  expect(command({}, hostWith('bash'), ours).env).toEqual({
    PATH: '/bin',
    HOME: '/home/ada',
    COMMANDER_SERVICE_NAME: 'web',
  });
});

test('an interpreter that is not here is named, and where it was looked for', () => {
  expect(() => command({ executor: 'python' }, hostWith(), { PATH: '/opt' })).toThrow(
    expect.objectContaining({
      code: 'INTERPRETER_MISSING',
      message: expect.stringMatching(/"run\.sh".*"python3", "python" not found.*\/opt/) as unknown,
    }),
  );
});

import { expect, test } from '@jest/globals';
import {
  mustRun,
  notInstalled,
  requireAdmin,
  runCommand,
} from '../../../../src/platform/service/service-commands.ts';

const NODE = process.execPath;

test('a program is run to its end, and what it said is kept, also when it fails', async () => {
  const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
  expect(await runCommand(NODE, ['-e', script])).toEqual({ code: 3, output: 'out\nerr' });
  expect(await runCommand(NODE, ['-e', ''])).toEqual({ code: 0, output: '' });
});

test('one that is not there is named', async () => {
  await expect(runCommand('no-such-program', [])).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    message: 'Cannot find "no-such-program" on this machine',
  });
});

test('what must not fail says how it did', async () => {
  expect(await mustRun(runCommand, NODE, ['-p', '1'])).toBe('1');
  await expect(mustRun(runCommand, NODE, ['-e', 'process.exit(4)'])).rejects.toMatchObject({
    code: 'SERVICE_MANAGER_FAILED',
    message: `"${NODE} -e process.exit(4)" ended with 4`,
  });
});

test('errors of users say what to do', () => {
  expect(() => requireAdmin(false, 'use "sudo"')).toThrow(
    'Only an administrator can change services; use "sudo"',
  );
  expect(() => requireAdmin(true, 'use "sudo"')).not.toThrow();
  expect(notInstalled()).toMatchObject({ code: 'SERVICE_NOT_INSTALLED' });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readNewPassword, readPassword } from '../../../../src/cli/input/password.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { captureConsole, type RunOptions } from '../../../support/run-commander.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const source = { file: undefined, flag: '--password-file', variable: 'THE_PASSWORD', question: 'Password' };

async function read(options: RunOptions, file?: string): Promise<string> {
  return await readPassword(captureConsole(options).console, { ...source, file });
}

function passwordFile(content: string): string {
  const path = join(makeTempDir(onEnd), 'password');
  writeFileSync(path, content);
  return path;
}

describe('a password comes', () => {
  test.each(['s3cret', 's3cret\n', 's3cret\r\nmore\n'])(
    'from the first line of a file: %j',
    async (content) => {
      await expect(read({}, passwordFile(content))).resolves.toBe('s3cret');
    },
  );

  test('from stdin when the file is "-"', async () => {
    await expect(read({ input: 's3cret\n' }, '-')).resolves.toBe('s3cret');
  });

  test('from the environment when there is no file', async () => {
    await expect(read({ env: { THE_PASSWORD: 's3cret' } })).resolves.toBe('s3cret');
  });

  test('from the file rather than from the environment', async () => {
    await expect(read({ env: { THE_PASSWORD: 'other' } }, passwordFile('s3cret'))).resolves.toBe('s3cret');
  });

  test('from a prompt when nothing else gives one', async () => {
    await expect(read({ typed: ['s3cret'] })).resolves.toBe('s3cret');
  });
});

describe('without a password', () => {
  test('and without a terminal, the sentence says how to give one', async () => {
    await expect(read({})).rejects.toMatchObject({
      code: 'USAGE',
      message: 'No password: give --password-file FILE or THE_PASSWORD, or use a terminal',
    });
  });

  test('in the file, it says so', async () => {
    const file = passwordFile('\nsecond line');
    await expect(read({}, file)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `Password file "${file}" is empty; its first line must be the password`,
    });
  });

  test('and without the file, it names the file', async () => {
    const file = join(makeTempDir(onEnd), 'nowhere');
    await expect(read({}, file)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `Cannot read password file "${file}"`,
    });
  });
});

describe('a new password', () => {
  const readNew = async (options: RunOptions) =>
    await readNewPassword(captureConsole(options).console, source);

  test('is asked for twice', async () => {
    await expect(readNew({ typed: ['longenough', 'longenough'] })).resolves.toBe('longenough');
  });

  test('is refused when the two are not the same', async () => {
    await expect(readNew({ typed: ['longenough', 'longenougj'] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('is not asked for again when it was not typed', async () => {
    await expect(readNew({ env: { THE_PASSWORD: 'longenough' } })).resolves.toBe('longenough');
  });

  test.each([
    ['too short', '1234567'],
    ['longer than bcrypt looks at', 'x'.repeat(73)],
    ['longer than bcrypt looks at in bytes', '☃'.repeat(25)],
  ])('is refused when it is %s', async (_why, password) => {
    await expect(readNew({ env: { THE_PASSWORD: password } })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { inspectArchive } from '../../../../src/lib/archive/archive.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

async function start() {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/library', { json: { success: 'added' } });
  const dir = makeTempDir(onEnd);
  const script = join(dir, 'hello.sh');
  writeFileSync(script, '#!/bin/sh\necho hello\n');
  return { server, run, dir, script };
}

interface UploadForm {
  job: string;
  file: { filename: string; bytes: Buffer };
}

test('a script is uploaded as an archive that holds it', async () => {
  const { server, run, dir, script } = await start();
  expect(await run(['library', 'add', script])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Added "hello.sh" to the library, to be run by sh\n',
  });
  const { job, file } = server.seen[0]?.body as UploadForm;
  expect(JSON.parse(job)).toEqual({ filename: 'hello.sh', executor: 'sh', description: '', os: 'any' });
  writeFileSync(join(dir, 'uploaded'), file.bytes);
  const { entries } = await inspectArchive(join(dir, 'uploaded'));
  expect(entries.map(({ name }) => name)).toEqual(['hello.sh']);
});

test('what the flags say is what the library is told, and --json prints it', async () => {
  const { run, script } = await start();
  const flags = ['--executor', 'bash', '--os', 'Linux', '--description', 'Says hello', '--timeout', '60'];
  const { stdout } = await run(['library', 'add', script, ...flags, '--json']);
  expect(JSON.parse(stdout)).toEqual({
    filename: 'hello.sh',
    executor: 'bash',
    description: 'Says hello',
    os: 'Linux',
    timeoutSeconds: 60,
  });
});

test('flags make it a task, and the way to assign it is told', async () => {
  const { server, run, script } = await start();
  const argv = ['library', 'add', script, '--kind', 'task', '--every', '15m', '--timeout', '10m'];
  expect(await run([...argv, '--', '--full'])).toEqual({
    code: 0,
    stdout: '',
    stderr:
      'Added task "hello" to the library; assign it with: commander tasks assign hello --group default\n',
  });
  expect(JSON.parse((server.seen[0]?.body as UploadForm).job)).toMatchObject({
    timeoutSeconds: 600,
    unit: { kind: 'task', name: 'hello', argv: ['--full'], schedule: { everySeconds: 900 } },
  });
});

describe('nothing is uploaded', () => {
  test.each([
    ['when a task has no schedule', ['SCRIPT', '--kind', 'task'], 2, 'A task needs a schedule'],
    ['when a rule is of another kind', ['SCRIPT', '--cron', '* * * * *'], 2, '"--cron" is for tasks'],
    ['when there is no such file', ['nowhere.zip'], 3, 'Cannot read "nowhere.zip": ENOENT'],
    [
      'when the program is not in it',
      ['SCRIPT', '--filename', 'other.sh'],
      6,
      '"other.sh" is not at the top',
    ],
    [
      'when the name is a path',
      ['SCRIPT', '--filename', '../hello.sh'],
      3,
      '"../hello.sh" is not a plain file name',
    ],
    ['when the time-out is no number', ['SCRIPT', '--timeout', '0'], 2, 'It must be a time such as'],
  ])('%s', async (_when, argv, code, sentence) => {
    const { server, run, script } = await start();
    const result = await run(['library', 'add', ...argv.map((word) => (word === 'SCRIPT' ? script : word))]);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(server.seen).toEqual([]);
  });

  test('when nobody is logged in', async () => {
    const { run, script } = await start();
    await run(['logout']);
    expect(await run(['library', 'add', script])).toMatchObject({ code: 5 });
  });
});

test('a name that is taken is a conflict', async () => {
  const { server, run, script } = await start();
  const body = { error: 'file name already exists in the library', code: 'LIBRARY_ENTRY_EXISTS' };
  server.answer('POST /admin/library', { status: 400, body });
  expect(await run(['library', 'add', script])).toEqual({
    code: 7,
    stdout: '',
    stderr: 'commander: Cannot add "hello.sh" to the library: file name already exists in the library\n',
  });
});

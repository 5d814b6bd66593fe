import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

async function update(...flags: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('PATCH /admin/library', { json: { success: 'updated' } });
  const result = await run(['library', 'update', 'hello.sh', ...flags]);
  return { ...result, body: server.seen[0]?.body };
}

test('a description is replaced', async () => {
  expect(await update('--description', 'new')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Updated "hello.sh" in the library\n',
    body: { filename: 'hello.sh', description: 'new' },
  });
});

test('an archive is replaced by what the file gives', async () => {
  const script = join(makeTempDir(onEnd), 'hello.sh');
  writeFileSync(script, 'echo hello');
  const { code, body } = await update('--file', script);
  expect(code).toBe(0);
  expect(body).toEqual({ filename: 'hello.sh', file: { filename: 'hello.sh', bytes: expect.any(Buffer) } });
});

test('nothing to update is a wrong command line', async () => {
  const { code, stderr, body } = await update();
  expect([code, stderr, body]).toEqual([
    2,
    'commander: Nothing to update: give --file, --description or a rule of a task or a service\n',
    undefined,
  ]);
});

test('the rules of a task are changed where they are given, and stay where they are not', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const unit = { kind: 'task', name: 'hi', schedule: { cron: '* * * * *', splaySeconds: 5 } };
  const entry = {
    jobID: '1',
    executor: 'sh',
    filename: 'hello.sh',
    description: '',
    os: 'any',
    timeCreated: '',
  };
  server.answer('GET /admin/library', { json: { library: JSON.stringify({ jobs: [{ ...entry, unit }] }) } });
  server.answer('PATCH /admin/library', { json: { success: 'updated' } });
  expect(await run(['library', 'update', 'hello.sh', '--every', '15m'])).toMatchObject({ code: 0 });
  const { unit: sent } = server.seen.at(-1)?.body as { unit: string };
  expect(JSON.parse(sent)).toEqual({ ...unit, schedule: { everySeconds: 900, splaySeconds: 5 } });
});

test('a job has no rules', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const entry = {
    jobID: '1',
    executor: 'sh',
    filename: 'hello.sh',
    description: '',
    os: 'any',
    timeCreated: '',
  };
  server.answer('GET /admin/library', { json: { library: JSON.stringify({ jobs: [entry] }) } });
  expect(await run(['library', 'update', 'hello.sh', '--every', '15m'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'commander: "hello.sh" is a job, which has no such rules\n',
  });
});

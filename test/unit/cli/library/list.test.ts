import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { parseWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();
const CREATED = '2026-11-22T07:40:00.500Z';

test('the library of the original is listed, as far as it tells', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/library', { json: parseWire('admin/library-reply.json') });
  const { stdout } = await run(['library', 'list']);
  expect(
    stdout
      .split('\n')
      .slice(0, 2)
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['FILENAME', 'KIND', 'EXECUTOR', 'OS', 'SIZE', 'ADDED', 'DESCRIPTION'],
    ['hello.sh', 'job', 'bash', 'Linux', '-', localTime(CREATED), 'says hello'],
  ]);
});

test('--json has its times in ISO 8601', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/library', { json: parseWire('admin/library-reply.json') });
  expect(JSON.parse((await run(['library', 'list', '--json'])).stdout)).toMatchObject({
    library: [{ filename: 'hello.sh', timeCreated: CREATED }],
  });
});

test('an empty library says how to fill it', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/library', { status: 204 });
  expect(await run(['library', 'list'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'The library is empty; add to it with: commander library add PATH\n',
  });
});

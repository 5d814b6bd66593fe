import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { SIGNED, waitingChange } from '../../../support/sample-releases.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('what waits for signatures is written once more', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const { change } = await waitingChange(onEnd);
  const out = join(makeTempDir(onEnd), 'again.json');
  server.answer('GET /admin/releases/draft', { json: change });
  const { code, stdout } = await run(['releases', 'request', '--out', out, '--json']);
  expect([code, JSON.parse(stdout)]).toEqual([0, { signed: false, request: out, needs: change.needs }]);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(change);
});

test('nothing is written when nothing waits', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/releases/draft', { json: SIGNED });
  expect((await run(['releases', 'request'])).stderr).toBe('Nothing waits for signatures\n');
});

test('it can be dropped', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('DELETE /admin/releases/draft', { json: { success: 'draft discarded' } });
  expect(await run(['releases', 'request', '--discard'])).toMatchObject({ code: 0 });
  expect(server.seen.map(({ line }) => line)).toEqual(['DELETE /admin/releases/draft']);
});

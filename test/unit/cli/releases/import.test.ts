import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeRequest } from '../../../../src/cli/releases/settle-change.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { SIGNED, waitingChange } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('what was signed goes to the server, which says whether it counts now', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const { change, world } = await waitingChange(onEnd);
  const path = join(world.dir, 'signed.json');
  writeRequest(path, change);
  server.answer('POST /admin/releases/draft', { json: SIGNED });
  expect(await run(['releases', 'import', path])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'All have signed; it is published\n',
  });
  expect(server.seen[0]?.body).toEqual(change.draft);
  const request = join(world.dir, 'more.json');
  server.answer('POST /admin/releases/draft', { json: change });
  const { stderr } = await run(['releases', 'import', path, '--request', request]);
  expect(stderr).toContain('Nothing has changed for agents yet');
});

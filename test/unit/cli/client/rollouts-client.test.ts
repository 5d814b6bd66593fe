import { expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import type { RolloutsClient } from '../../../../src/cli/client/rollouts-client.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleRolloutView } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const ROLLOUTS = [sampleRolloutView()];
const ORDER = { group: 'web', version: '1.2.0', plan: sampleRolloutView().plan };
const DONE = { success: 'done' };

interface Call {
  does: string;
  call: (rollouts: RolloutsClient) => Promise<unknown>;
  line: string;
  body?: unknown;
  reply: unknown;
  gives?: unknown;
}

test.each<Call>([
  {
    does: 'lists all',
    call: (rollouts) => rollouts.list(),
    line: 'GET /admin/rollouts',
    reply: { rollouts: ROLLOUTS },
    gives: ROLLOUTS,
  },
  {
    does: 'lists those of a group among',
    call: (rollouts) => rollouts.list({ group: 'web' }),
    line: 'GET /admin/rollouts?group=web',
    reply: { rollouts: ROLLOUTS },
    gives: ROLLOUTS,
  },
  {
    does: 'starts',
    call: (rollouts) => rollouts.start(ORDER),
    line: 'POST /admin/rollouts',
    body: ORDER,
    reply: DONE,
  },
  {
    does: 'steers',
    call: (rollouts) => rollouts.steer('a b', 'pause'),
    line: 'POST /admin/rollouts/a%20b/pause',
    body: {},
    reply: DONE,
  },
])('it $does rollouts', async ({ call, line, body, reply, gives }) => {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer(line.replace(/\?.*/, ''), { json: reply });
  const roots = [server.authority.rootPem];
  const client = new AdminClient({ server: server.url, roots, ...(await server.authority.issue('admin')) });
  expect(await call(client.rollouts)).toEqual(gives);
  expect(server.seen).toMatchObject([{ line, body }]);
});

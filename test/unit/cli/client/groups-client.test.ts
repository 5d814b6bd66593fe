import { expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import type { GroupsClient } from '../../../../src/cli/client/groups-client.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';

const onEnd = useCleanup();
const DONE = { success: 'done' };
const GROUP = { name: 'web', agents: 2, agentVersion: '1.2.3' };

interface Call {
  does: string;
  call: (groups: GroupsClient) => Promise<unknown>;
  line: string;
  body?: unknown;
  reply: unknown;
  gives?: unknown;
}

test.each<Call>([
  {
    does: 'lists',
    call: (groups) => groups.list(),
    line: 'GET /admin/groups',
    reply: { groups: [GROUP] },
    gives: [GROUP],
  },
  {
    does: 'adds',
    call: (groups) => groups.add('web'),
    line: 'POST /admin/groups',
    body: { name: 'web' },
    reply: DONE,
  },
  {
    does: 'sets the version of',
    call: (groups) => groups.setVersion('web', '1.2.3'),
    line: 'PUT /admin/groups/web/version',
    body: { agentVersion: '1.2.3' },
    reply: DONE,
  },
  {
    does: 'lets any version do for',
    call: (groups) => groups.setVersion('web', null),
    line: 'PUT /admin/groups/web/version',
    body: { agentVersion: null },
    reply: DONE,
  },
  {
    does: 'removes',
    call: (groups) => groups.remove('we/b'),
    line: 'DELETE /admin/groups/we%2Fb',
    reply: DONE,
  },
])('it $does groups', async ({ call, line, body, reply, gives }) => {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer(line, { json: reply });
  const roots = [server.authority.rootPem];
  const client = new AdminClient({ server: server.url, roots, ...(await server.authority.issue('admin')) });
  expect(await call(client.groups)).toEqual(gives);
  expect(server.seen).toMatchObject([{ line, body }]);
});

import { expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import type { UnitsClient } from '../../../../src/cli/client/units-client.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';

const onEnd = useCleanup();
const DONE = { success: 'done' };
const TO_GROUP = { filename: 'backup.sh', group: 'web' };
const ASSIGNED = {
  ...TO_GROUP,
  kind: 'task',
  name: 'backup',
  assignedAt: '2026-11-23T12:00:00.000Z',
  assignedBy: 'admin',
} as const;
const UNIT = {
  name: 'backup',
  kind: 'task',
  state: 'idle',
  since: '2026-11-23T12:00:00.000Z',
  archive: 'a'.repeat(64),
  agentID: 'agent-1',
  hostname: 'web-1',
  reportedAt: '2026-11-23T12:00:00.000Z',
} as const;

interface Call {
  does: string;
  call: (units: UnitsClient) => Promise<unknown>;
  line: string;
  body?: unknown;
  reply: unknown;
  gives?: unknown;
}

test.each<Call>([
  {
    does: 'assigns',
    call: (units) => units.assign(TO_GROUP),
    line: 'POST /admin/assignments',
    body: TO_GROUP,
    reply: DONE,
  },
  {
    does: 'unassigns',
    call: (units) => units.unassign({ filename: 'backup.sh', agentID: 'agent-1' }),
    line: 'DELETE /admin/assignments',
    body: { filename: 'backup.sh', agentID: 'agent-1' },
    reply: DONE,
  },
  {
    does: 'lists the assignments of',
    call: (units) => units.assignments({ kind: 'task' }),
    line: 'GET /admin/assignments?kind=task',
    reply: { assignments: [ASSIGNED] },
    gives: [ASSIGNED],
  },
  {
    does: 'lists',
    call: (units) => units.list({ agentID: 'agent-1', name: 'a&b' }),
    line: 'GET /admin/units?agentID=agent-1&name=a%26b',
    reply: { units: [UNIT] },
    gives: [UNIT],
  },
])('it $does units', async ({ call, line, body, reply, gives }) => {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer(line.replace(/\?.*/, ''), { json: reply });
  const roots = [server.authority.rootPem];
  const client = new AdminClient({ server: server.url, roots, ...(await server.authority.issue('admin')) });
  expect(await call(client.units)).toEqual(gives);
  expect(server.seen).toMatchObject([{ line, body }]);
});

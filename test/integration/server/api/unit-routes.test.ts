import { expect, test } from '@jest/globals';
import { validateAgentDetail } from '../../../../src/protocol/generated/admin/fleet.js';
import { validateUnitList } from '../../../../src/protocol/generated/admin/units.js';
import { useTestServer, type TestAgent } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const server = useTestServer();
const BACKUP = {
  name: 'backup',
  kind: 'task',
  state: 'idle',
  since: '2026-11-23T12:00:00.000Z',
  archive: 'a'.repeat(64),
};
const PROXY = { ...BACKUP, name: 'proxy', kind: 'service', state: 'running', pid: 7 };

async function units(query: string): Promise<unknown[]> {
  const json = await server().admin('GET', `/admin/units${query}`);
  expect(validateUnitList(json)).toBe(true);
  return (json as { units: unknown[] }).units;
}

async function report({ client, agentID }: TestAgent, frames: object[]): Promise<void> {
  const headers = { 'Commander-Protocol': '2' };
  const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID, desiredRevision: 0 }), {
    headers,
  });
  for (const frame of frames) checkin.send(JSON.stringify(frame));
}

test('what agents report of their tasks and services is shown', async () => {
  const [one, two] = [await server().agent('web-1'), await server().agent('web-2')];
  await report(one, [
    { kind: 'units', all: true, units: [PROXY, BACKUP] },
    { kind: 'units', all: false, units: [{ ...BACKUP, state: 'running' }] },
  ]);
  await report(two, [{ kind: 'units', all: true, units: [BACKUP] }]);
  await waitFor(async () => (await units('?name=backup')).length === 2, { what: 'both reports' });
  const reported = { reportedAt: expect.stringMatching(/^\d{4}-.*Z$/) };
  const ofOne = { agentID: one.agentID, hostname: 'web-1', ...reported };
  await waitFor(
    async () => (await units('?kind=task')).some((unit) => (unit as { state: string }).state === 'running'),
    { what: 'the change' },
  );
  expect(await units('')).toEqual([
    { ...BACKUP, ...ofOne, state: 'running' },
    { ...BACKUP, agentID: two.agentID, hostname: 'web-2', ...reported },
    { ...PROXY, ...ofOne },
  ]);
  expect(await units(`?kind=service&agentID=${one.agentID}`)).toEqual([{ ...PROXY, ...ofOne }]);

  const agent = await server().admin('GET', `/admin/agents/${one.agentID}`);
  expect(validateAgentDetail(agent)).toBe(true);
  expect(agent).toMatchObject({ units: [{ ...BACKUP, state: 'running' }, PROXY], problems: [] });
});

test('a kind that is none is refused', async () => {
  await expect(server().admin('GET', '/admin/units?kind=job')).rejects.toThrow('400');
});

import { describe, expect, test } from '@jest/globals';
import { agentStatus } from '../../../../src/cli/agents/list.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

test('agents are listed with what matters at a glance', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent({ pendingJobs: 2 })] } });
  const { code, stdout } = await run(['agents', 'list']);
  const cells = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(code).toBe(0);
  expect(cells.slice(0, 2)).toEqual([
    ['AGENT', 'HOSTNAME', 'GROUP', 'OS', 'VERSION', 'STATUS', 'PENDING'],
    [sampleAgent().agentID, 'web-1', 'default', 'Linux', '0.1.0', 'connected', '2'],
  ]);
});

test('without agents, the way to the first one is shown', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [] } });
  expect(await run(['agents', 'list'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'No agent has enrolled yet; make a join token with: commander token create\n',
  });
});

test('those are asked for that are wanted', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [] } });
  const flags = ['web-', '--group', 'web', '--status', 'away', '--outdated'];
  expect((await run(['agents', 'list', ...flags])).stderr).toBe('There are no such agents\n');
  expect(server.seen.at(-1)?.line).toBe('GET /admin/agents?name=web-&group=web&status=away&outdated=true');
});

test.each([
  ['0.1.0 -> 0.2.0', { agentVersion: '0.2.0' }],
  ['0.1.0', { agentVersion: '0.1.0' }],
  ['0.1.0', { agentVersion: '0.2.0', revokedAt: '2026-11-23T07:00:00.000Z' }],
])('the version is told as %s with %j', async (words, changes) => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent(changes)] } });
  expect((await run(['agents', 'list'])).stdout.split('\n')[1]?.split(/ {2,}/)[4]).toBe(words);
});

describe('an agent is shown as', () => {
  const now = Date.parse('2026-11-23T07:41:00.000Z');
  const { lastSeenAt, ...unseen } = sampleAgent({ connected: false });
  test.each([
    ['connected', sampleAgent()],
    ['seen 11 min ago', { ...unseen, lastSeenAt: lastSeenAt ?? '' }],
    ['never seen', unseen],
    ['revoked', sampleAgent({ revokedAt: '2026-11-23T07:00:00.000Z' })],
  ])('%s', (status, agent) => {
    expect(agentStatus(agent, now)).toBe(status);
  });
});

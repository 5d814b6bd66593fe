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

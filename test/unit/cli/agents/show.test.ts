import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { formatUnits } from '../../../../src/cli/format/unit-tables.ts';
import type { AgentDetail } from '../../../../src/protocol/schemas/admin/fleet.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleTaskView } from '../../../support/sample-units.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const agent = { ...sampleAgent({ pinnedVersion: '1.2.0' }), units: [sampleTaskView()], problems: [] };

async function show(agent: AgentDetail, ...argv: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent()] } });
  server.answer(`GET /admin/agents/${agent.agentID}`, { json: agent });
  const clock = { ...systemClock, now: () => Date.parse('2026-11-23T08:00:00.000Z') };
  return await run(['agents', 'show', ...argv], { ports: { clock } });
}

test('one agent is shown with all that is known', async () => {
  expect(await show(agent, 'web')).toEqual({
    code: 0,
    stdout: [
      `Agent              ${agent.agentID}`,
      'Hostname           web-1',
      'Group              default',
      'System             Linux x64',
      'Version            0.1.0',
      'Should run         1.2.0 (pinned)',
      'Protocol           2',
      'Status             connected',
      'Pending jobs       0',
      `Enrolled           ${localTime(agent.enrolledAt)} (1 h ago)`,
      `Last seen          ${localTime(agent.lastSeenAt ?? '')} (30 min ago)`,
      `Certificate until  ${localTime(agent.certificateExpiresAt ?? '')} (in 89 d)`,
      '',
      ...formatUnits(agent.units, []),
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('how its last change of version ended is told, and where to read more', async () => {
  const lastUpdate = {
    jobID: 'aaaa1111-0000-4000-8000-000000000001',
    version: '1.2.0',
    outcome: 'failed',
    reason: 'It crashed',
    finishedAt: '2026-11-23T07:57:00.000Z',
  } as const;
  expect((await show({ ...agent, lastUpdate }, 'web')).stdout).toContain(
    'Last update        to 1.2.0 failed 3 min ago: It crashed; see: commander jobs show aaaa1111\n',
  );
});

test('--json gives it as the server does', async () => {
  expect(JSON.parse((await show(agent, 'web-1', '--json')).stdout)).toEqual(agent);
});

test('an unknown one is told', async () => {
  expect(await show(agent, 'db')).toEqual({
    code: 6,
    stdout: '',
    stderr: 'commander: There is no agent "db"\n',
  });
});

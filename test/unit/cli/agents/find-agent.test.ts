import { expect, test } from '@jest/globals';
import { findActiveAgents, findAgent } from '../../../../src/cli/agents/find-agent.ts';
import type { AgentQuery, AgentView } from '../../../../src/protocol/schemas/admin/fleet.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const WEB = sampleAgent();
const DB = sampleAgent({ agentID: '1fff0000-0000-4000-8000-000000000002', hostname: 'db-1' });
const OLD = sampleAgent({ hostname: 'web-0', revokedAt: '2026-11-23T07:00:00.000Z' });

/** A server that has these, and may not know how to choose among them. */
function serverWith(...agents: AgentView[]) {
  const asked: AgentQuery[] = [];
  return { asked, agents: (query: AgentQuery = {}) => (asked.push(query), Promise.resolve(agents)) };
}

test.each(['web-1', 'WEB', '1f2e', WEB.agentID])('"%s" is the agent on web-1', async (text) => {
  const server = serverWith(WEB, DB);
  expect(await findAgent(server, text)).toBe(WEB);
  expect(server.asked).toEqual([{ name: text }]);
});

test('the beginning of two IDs names both', async () => {
  await expect(findAgent(serverWith(WEB, DB), '1f')).rejects.toThrow(
    `"1f" may be any of 2 agents: web-1 ${WEB.agentID}, db-1 ${DB.agentID}; give a longer one`,
  );
});

test('no agent is not found', async () => {
  await expect(findAgent(serverWith(), 'web-1')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
});

test('several are found each once, and none that was revoked', async () => {
  expect(await findActiveAgents(serverWith(OLD, WEB, DB), ['web', 'db', 'WEB-1'])).toEqual([WEB, DB]);
  await expect(findActiveAgents(serverWith(OLD), ['web-0'])).rejects.toMatchObject({
    code: 'AGENT_NOT_FOUND',
  });
});

import { expect, test } from '@jest/globals';
import { findAgent } from '../../../../src/cli/agents/find-agent.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const agents = [
  sampleAgent(),
  sampleAgent({ agentID: '1fff0000-0000-4000-8000-000000000002', hostname: 'db-1' }),
];

test.each(['web-1', 'WEB', '1f2e', agents[0]?.agentID ?? ''])('"%s" is the agent on web-1', (text) => {
  expect(findAgent(agents, text)).toBe(agents[0]);
});

test('the beginning of two IDs names both', () => {
  expect(() => findAgent(agents, '1f')).toThrow(
    `"1f" may be any of 2 agents: web-1 ${agents[0]?.agentID ?? ''}, db-1 ${agents[1]?.agentID ?? ''}; give a longer one`,
  );
});

test('no agent is not found', () => {
  expect(() => findAgent([], 'web-1')).toThrow(expect.objectContaining({ code: 'AGENT_NOT_FOUND' }));
});

import { expect, test } from '@jest/globals';
import { validateAgentView } from '../../../../src/protocol/generated/admin/fleet.js';
import { viewAgent } from '../../../../src/server/fleet/agent-view.ts';
import { NOON, agentRecord } from '../../../support/server-records.ts';

test.each([
  [
    'has just enrolled',
    agentRecord(),
    {
      agentID: 'agent-1',
      hostname: 'web-1',
      os: 'Linux',
      enrolledAt: '2026-11-23T12:00:00.000Z',
      group: 'default',
    },
  ],
  [
    'has told all about itself',
    agentRecord({
      arch: 'x64',
      version: '1.2.3',
      protocol: 2,
      lastSeenAt: NOON + 1,
      certificateExpiresAt: NOON + 2,
      revokedAt: NOON + 3,
      group: 'canary',
      pinnedVersion: '1.2.3',
    }),
    {
      agentID: 'agent-1',
      hostname: 'web-1',
      os: 'Linux',
      arch: 'x64',
      version: '1.2.3',
      protocol: 2,
      enrolledAt: '2026-11-23T12:00:00.000Z',
      lastSeenAt: '2026-11-23T12:00:00.001Z',
      certificateExpiresAt: '2026-11-23T12:00:00.002Z',
      revokedAt: '2026-11-23T12:00:00.003Z',
      group: 'canary',
      pinnedVersion: '1.2.3',
      agentVersion: '1.2.3',
    },
  ],
])('an agent that %s is shown with what is known', (_what, record, known) => {
  const view = viewAgent(record, { connected: true, pendingJobs: 3, agentVersion: record.pinnedVersion });
  expect(view).toEqual({ ...known, connected: true, pendingJobs: 3 });
  expect(validateAgentView(view)).toBe(true);
});

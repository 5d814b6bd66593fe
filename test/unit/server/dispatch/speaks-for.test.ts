import { expect, test } from '@jest/globals';
import { speaksFor } from '../../../../src/server/dispatch/speaks-for.ts';
import type { IdentifiedPeer } from '../../../../src/server/listener/peer.ts';
import { agentRecord } from '../../../support/server-records.ts';

test.each<[string, Partial<IdentifiedPeer>, boolean]>([
  ['its own certificate', { kind: 'agent', subject: 'agent-1' }, true],
  [
    'its own certificate, renewed with another key',
    { kind: 'agent', subject: 'agent-1', publicKeyHash: 'new' },
    true,
  ],
  ['the certificate of another agent', { kind: 'agent', subject: 'agent-2' }, false],
  ['the key that it was registered with', { kind: 'host', subject: 'web-1', publicKeyHash: 'key-1' }, true],
  ['the key of another host', { kind: 'host', subject: 'web-1', publicKeyHash: 'key-2' }, false],
  ['a host certificate that bears its ID as a name', { kind: 'host', subject: 'agent-1' }, false],
  [
    'an admin, even with its ID and key',
    { kind: 'admin', subject: 'agent-1', publicKeyHash: 'key-1' },
    false,
  ],
])('for an agent speaks %s: %j is %s', (_who, peer, speaks) => {
  const whole: IdentifiedPeer = {
    kind: 'agent',
    subject: 'x',
    serial: '01',
    publicKeyHash: 'other',
    expiresAt: 0,
    ...peer,
  };
  expect(speaksFor(whole, agentRecord())).toBe(speaks);
});

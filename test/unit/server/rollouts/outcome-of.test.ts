import { expect, test } from '@jest/globals';
import { lateBefore, outcomeOf } from '../../../../src/server/rollouts/outcome-of.ts';
import type { ToldAgent } from '../../../../src/store/server/rollout-store.ts';
import { samplePlan, sampleRollout } from '../../../support/sample-rollout.ts';
import { NOON } from '../../../support/server-records.ts';

const MINUTE = 60_000;
const ROLLOUT = sampleRollout({ version: '1.1.0', plan: samplePlan({ silentSeconds: 600 }) });
const TOLD: ToldAgent = {
  ...{ agentID: 'agent-1', hostname: 'web-1', takesPart: true },
  ...{ offeredAt: NOON, version: '1.0.0' },
};
const SUCCEEDED = { ending: { outcome: 'succeeded' } } as const;
const FAILED = { ending: { outcome: 'failed', reason: 'It crashed' } } as const;
const CANCELED = { ending: { outcome: 'canceled' } } as const;
const NEW = { version: '1.1.0' };
const LEFT = { takesPart: false };

interface Later {
  isConnected?: boolean;
  minutes?: number;
  watchedSince?: number;
}

test.each<[string, string | undefined, Partial<ToldAgent>, Later]>([
  ['one that has just been told is open', undefined, {}, {}],
  ['one that is connected and busy stays open', undefined, {}, { minutes: 600 }],
  ['one that has checked in with the version has yet to prove it', undefined, NEW, { minutes: 50 }],
  ['one that has reported success is updated', 'updated', { ...NEW, ...SUCCEEDED }, {}],
  ['also when it is away', 'updated', { ...NEW, ...SUCCEEDED }, { isConnected: false, minutes: 50 }],
  ['one that has reported failure has failed', 'failed', FAILED, {}],
  ['also when it runs the version still', 'failed', { ...NEW, ...FAILED }, {}],
  ['one whose earlier attempt was canceled is open', undefined, CANCELED, {}],
  ['one that never reports how it came to the version is updated', 'updated', NEW, { minutes: 61 }],
  ['one that is away for a while is open', undefined, {}, { isConnected: false, minutes: 10 }],
  ['one that is away for long is silent', 'silent', {}, { isConnected: false, minutes: 11 }],
  [
    'it is so from when it was last seen',
    undefined,
    { lastSeenAt: NOON + 5 * MINUTE },
    { isConnected: false, minutes: 11 },
  ],
  [
    'and not before the server could have seen it',
    undefined,
    {},
    { isConnected: false, minutes: 11, watchedSince: NOON + 5 * MINUTE },
  ],
  ['one that went away with the version is silent', 'silent', NEW, { isConnected: false, minutes: 90 }],
  ['one that takes no part any more is gone', 'gone', LEFT, {}],
  ['also when it is silent', 'gone', LEFT, { isConnected: false, minutes: 90 }],
  ['but not when it had proven the version before', 'updated', { ...LEFT, ...SUCCEEDED }, {}],
])('%s: %s', (_, outcome, agent, { isConnected = true, minutes = 1, watchedSince = 0 }) => {
  const now = NOON + minutes * MINUTE;
  expect(outcomeOf({ ...TOLD, ...agent }, ROLLOUT, { isConnected, now, watchedSince })).toBe(outcome);
});

test('one that was told more than half an hour ago is late', () => {
  expect(lateBefore(NOON)).toBe(NOON - 30 * MINUTE);
});

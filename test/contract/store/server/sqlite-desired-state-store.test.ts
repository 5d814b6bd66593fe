import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();

test('what an agent was told is kept, the last of it', async () => {
  const { desiredStates } = openTestStore(onEnd);
  await desiredStates.told('agent-1', { revision: 1, digest: 'a' });
  await desiredStates.told('agent-1', { revision: 2, digest: 'b' });
  expect([await desiredStates.get('agent-1'), await desiredStates.get('agent-2')]).toEqual([
    { revision: 2, digest: 'b' },
    undefined,
  ]);
});

test('its answer stays beside it, also when it is told more', async () => {
  const { desiredStates } = openTestStore(onEnd);
  const answer = { appliedRevision: 1, problems: [{ name: 'backup', message: 'There is no such zone' }] };
  await desiredStates.told('agent-1', { revision: 1, digest: 'a' });
  await desiredStates.applied('agent-1', answer);
  await desiredStates.told('agent-1', { revision: 2, digest: 'b' });
  expect(await desiredStates.get('agent-1')).toEqual({ revision: 2, digest: 'b', ...answer });
});

test('the answer of an agent that was told nothing is not kept', async () => {
  const { desiredStates } = openTestStore(onEnd);
  await desiredStates.applied('agent-1', { appliedRevision: 1, problems: [] });
  expect(await desiredStates.get('agent-1')).toBeUndefined();
});

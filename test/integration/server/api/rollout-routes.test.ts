import { beforeAll, expect, test } from '@jest/globals';
import { validateRolloutList } from '../../../../src/protocol/generated/admin/rollouts.js';
import type { RolloutList, RolloutPlan } from '../../../../src/protocol/schemas/admin/rollouts.ts';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { publishAt } from '../../../support/releases-at.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();
const PLAN: RolloutPlan = {
  canaries: [],
  stages: [{ percent: 100, restSeconds: 0 }],
  ...{ maxFailedPercent: 10, silentSeconds: 600, atOnce: 10 },
};

beforeAll(async () => {
  await publishAt(server(), { version: '1.1.0', platform: 'linux-x64' });
});

async function call(method: string, path: string, json?: unknown): Promise<OriginalAnswer> {
  const token = await server().token();
  return await server().client.call(method, path, { token, ...(json === undefined ? {} : { json }) });
}

async function rolloutsOf(group: string): Promise<RolloutList['rollouts']> {
  const { json } = await call('GET', `/admin/rollouts?group=${group}`);
  expect(validateRolloutList(json)).toBe(true);
  return (json as RolloutList).rollouts;
}

async function begin(group: string, plan: object = PLAN): Promise<OriginalAnswer> {
  await call('POST', '/admin/groups', { name: group });
  return await call('POST', '/admin/rollouts', { group, version: '1.1.0', plan });
}

test('a rollout waits for agents that are away, and is steered by its group', async () => {
  await call('POST', '/admin/groups', { name: 'steered' });
  const { agentID } = await server().agent('steered.example');
  await call('PATCH', `/admin/agents/${agentID}`, { group: 'steered' });
  expect(await begin('steered')).toMatchObject({ status: 200 });
  expect(await rolloutsOf('steered')).toMatchObject([
    { version: '1.1.0', state: 'running', stage: 1, stages: 1, whole: { agents: 1, offered: 0 } },
  ]);
  for (const [verb, state] of [
    ['pause', 'paused'],
    ['resume', 'running'],
    ['abort', 'aborted'],
  ] as const) {
    expect(await call('POST', `/admin/rollouts/steered/${verb}`, {})).toMatchObject({ status: 200 });
    expect(await rolloutsOf('steered')).toMatchObject([{ state }]);
  }
});

test('an empty group has its version at once, and another rollout may follow', async () => {
  expect(await begin('empty')).toMatchObject({ status: 200 });
  for (;;) {
    const [rollout] = await rolloutsOf('empty');
    if (rollout?.state === 'completed') break;
    await new Promise((resolve) => setTimeout(resolve, 20)); // bounded by the time-out of the test
  }
  const { json } = await call('GET', '/admin/groups');
  expect((json as { groups: object[] }).groups).toContainEqual(
    expect.objectContaining({ name: 'empty', agentVersion: '1.1.0' }),
  );
});

test.each([
  ['for a group that is not there', { group: 'none', version: '1.1.0', plan: PLAN }, 404, 'GROUP_NOT_FOUND'],
  [
    'whose stages do not grow',
    { group: 'default', version: '1.1.0', plan: { ...PLAN, stages: [{ percent: 5, restSeconds: 0 }] } },
    400,
    'ROLLOUT_INVALID',
  ],
  ['with no such version', { group: 'default', version: 'new', plan: PLAN }, 400, 'MESSAGE_INVALID'],
])('a rollout %s is refused', async (_, order, status, code) => {
  expect(await call('POST', '/admin/rollouts', order)).toMatchObject({ status, json: { code } });
});

test('what is not under way cannot be steered', async () => {
  expect(await call('POST', '/admin/rollouts/default/abort', {})).toMatchObject({
    ...{ status: 404, json: { code: 'ROLLOUT_NOT_FOUND' } },
  });
});

import { expect, test } from '@jest/globals';
import type { LostAgent } from '../../../../src/protocol/schemas/admin/rollouts.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleRolloutView } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

test('how far each rollout has come is a line', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/rollouts', { json: { rollouts: [sampleRolloutView()] } });
  const { stdout } = await run(['rollout', 'status', 'web']);
  expect(stdout).toContain('[########>>');
  expect(stdout).toContain('stage 1 of 2, 3 on their way');
});

test('who did not get there is named, with the reason, and how many more there are', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const toldAt = '2026-11-23T11:00:00.000Z';
  const lost: LostAgent[] = [
    { agentID: 'agent-1', hostname: 'web-1', outcome: 'failed', toldAt, reason: 'It ended by itself' },
    { agentID: 'agent-2', hostname: 'web-2', outcome: 'silent', toldAt },
    { agentID: 'agent-3', hostname: 'web-3', outcome: 'late', toldAt },
  ];
  const whole = { agents: 30, offered: 11, updated: 3, failed: 4, silent: 1, gone: 0, late: 1 };
  const rollouts = [sampleRolloutView({ state: 'paused', whole, lost })];
  server.answer('GET /admin/rollouts', { json: { rollouts } });
  const { stdout, stderr } = await run(['rollout', 'status', 'web']);
  expect(stdout).toMatch(/agent-1 +web-1 +web +failed .* It ended by itself/);
  expect(stdout).toMatch(/agent-2 +web-2 +web +silent .* -/);
  expect(stdout).toMatch(/agent-3 +web-3 +web +late .* -/);
  expect(stderr).toContain('and 3 more');
});

test('without any it says how to begin one', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/rollouts', { json: { rollouts: [] } });
  expect((await run(['rollout', 'status'])).stderr).toContain('commander rollout start');
});

test('it is all there as JSON', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const rollouts = [sampleRolloutView()];
  server.answer('GET /admin/rollouts', { json: { rollouts } });
  expect(JSON.parse((await run(['rollout', 'status', '--json'])).stdout)).toEqual({ rollouts });
});

test('whoever watches sees each change until nothing is running any more', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const looks = [sampleRolloutView(), sampleRolloutView(), sampleRolloutView({ state: 'completed' })];
  server.answer('GET /admin/rollouts', () => ({ json: { rollouts: [looks.shift()] } }));
  const { stdout } = await run(['rollout', 'status', '--watch']);
  expect(stdout.match(/1\.2\.0/g)).toHaveLength(2);
  expect(stdout).toContain('completed');
});

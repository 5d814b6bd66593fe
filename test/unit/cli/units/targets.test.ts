import { expect, test } from '@jest/globals';
import { targetOf } from '../../../../src/cli/units/targets.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { UNIT_ASSIGNMENTS, answerUnits } from '../../../support/sample-units.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

test('an assignment is to a group or an agent', () => {
  expect(UNIT_ASSIGNMENTS.slice(0, 2).map(targetOf)).toEqual([
    { key: { group: 'default' }, label: 'group "default"' },
    { key: { agentID: sampleAgent().agentID }, label: 'agent "web-1"' },
  ]);
});

test('each is meant once, however it is named', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent()] } });
  server.answer('POST /admin/assignments', { json: {} });
  const flags = ['--agent', 'web', '--agent', '1f2e', '--group', 'g', '--group', 'g'];
  await run(['tasks', 'assign', 'backup', ...flags]);
  expect(server.seen.flatMap(({ line, body }) => (line.startsWith('POST') ? [body] : []))).toEqual([
    { filename: 'backup.sh', agentID: sampleAgent().agentID },
    { filename: 'backup.sh', group: 'g' },
  ]);
});

test.each([
  [[], 2, 'Say for whom, with --agent or --group'],
  [['--agent', 'old'], 6, 'There is no agent "old"'],
])('nothing is assigned with %j', async (flags, code, sentence) => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  const revoked = sampleAgent({ hostname: 'old', revokedAt: '2026-11-23T07:00:00.000Z' });
  server.answer('GET /admin/agents', { json: { agents: [revoked] } });
  expect(await run(['tasks', 'assign', 'backup', ...flags])).toEqual({
    code,
    stdout: '',
    stderr: expect.stringContaining(sentence),
  });
  expect(server.seen.some(({ line }) => line.startsWith('POST'))).toBe(false);
});

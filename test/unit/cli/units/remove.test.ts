import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { answerUnits } from '../../../support/sample-units.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

async function remove(...argv: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent()] } });
  server.answer('DELETE /admin/assignments', { json: { success: 'unassigned' } });
  const result = await run(['tasks', 'remove', ...argv]);
  const sent = server.seen.flatMap(({ line, body }) => (line.startsWith('DELETE') ? [body] : []));
  return { ...result, sent };
}

test('a task is taken away from one agent', async () => {
  expect(await remove('backup', '--agent', 'web-1')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Took task "backup" away from agent "web-1"\n',
    sent: [{ filename: 'backup.sh', agentID: sampleAgent().agentID }],
  });
});

test('--all is all that it is assigned to', async () => {
  expect(await remove('backup', '--all')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Took task "backup" away from group "default"\nTook task "backup" away from agent "web-1"\n',
    sent: [
      { filename: 'backup.sh', group: 'default' },
      { filename: 'backup.sh', agentID: sampleAgent().agentID },
    ],
  });
});

test('without a target nothing is taken away', async () => {
  expect(await remove('backup')).toMatchObject({ code: 2, sent: [] });
});

test('what nobody has cannot be taken away', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  server.answer('GET /admin/assignments', { json: { assignments: [] } });
  expect(await run(['tasks', 'remove', 'backup', '--all'])).toEqual({
    code: 6,
    stdout: '',
    stderr: 'commander: "backup.sh" is not assigned to anybody\n',
  });
});

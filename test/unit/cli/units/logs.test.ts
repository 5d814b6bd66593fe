import { expect, test } from '@jest/globals';
import type { UnitView } from '../../../../src/protocol/schemas/admin/units.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { answerUnits, sampleServiceView } from '../../../support/sample-units.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const { agentID } = sampleAgent();
const PATH = `/admin/units/${agentID}/web/log`;

async function logs(argv: readonly string[], units: readonly UnitView[] = [sampleServiceView()]) {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server, units);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent()] } });
  const trailers = { 'commander-log-end': encodeURIComponent('The service "web" was removed') };
  server.answer(`GET ${PATH}`, { status: 200, body: 'hällo\n', trailers });
  const result = await run(['services', 'logs', ...argv]);
  return { ...result, asked: server.seen.at(-1)?.line };
}

test('the end of a log is printed as it is', async () => {
  expect(await logs(['web'])).toEqual({
    code: 0,
    stdout: 'hällo\n',
    stderr: '',
    asked: `GET ${PATH}?tailBytes=16384&follow=false`,
  });
});

test('one who follows is told why there is no more', async () => {
  expect(await logs(['web', '-f', '--all'])).toEqual({
    code: 0,
    stdout: 'hällo\n',
    stderr: 'The service "web" was removed\n',
    asked: `GET ${PATH}?tailBytes=1048576&follow=true`,
  });
});

test('--json gives its pieces', async () => {
  expect((await logs(['web', '--json'])).stdout).toBe('{"text":"hällo\\n"}\n');
});

test('an agent that is named need not have reported it', async () => {
  expect(await logs(['web', '--agent', 'web-1'], [])).toMatchObject({ code: 0, stdout: 'hällo\n' });
});

test.each([
  [
    'of several agents one must be named',
    ['web'],
    [1, 2],
    2,
    '2 agents keep "web"; say whose log with --agent',
  ],
  ['nobody keeps it', ['web'], [], 6, 'No agent keeps the service "web"'],
  ['a task has no log', ['backup'], [1], 6, 'There is no service "backup"'],
])('%s', async (_what, argv, keepers, code, sentence) => {
  const units = keepers.map((each) => sampleServiceView({ agentID: String(each) }));
  expect(await logs(argv, units)).toMatchObject({ code, stdout: '', stderr: `commander: ${sentence}\n` });
});

test('what the server says against it is said', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server, [sampleServiceView()]);
  const body = { error: `Agent "${agentID}" is not connected`, code: 'AGENT_NOT_CONNECTED' };
  server.answer(`GET ${PATH}`, { status: 409, body });
  expect(await run(['services', 'logs', 'web'])).toEqual({
    code: 4,
    stdout: '',
    stderr: `commander: Cannot read the log of "web": Agent "${agentID}" is not connected\n`,
  });
});

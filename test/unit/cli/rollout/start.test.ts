import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const BASE = ['rollout', 'start', 'web', '1.2.0'];

async function start(...argv: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [sampleAgent({ hostname: 'web-1' })] } });
  server.answer('POST /admin/rollouts', { json: { success: 'rollout started' } });
  const result = await run([...BASE, ...argv]);
  return { ...result, body: server.seen.find(({ line }) => line.startsWith('POST'))?.body };
}

test('a plan is made of sensible defaults', async () => {
  expect(await start()).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('commander rollout status web --watch') as unknown,
    body: {
      ...{ group: 'web', version: '1.2.0' },
      plan: {
        canaries: [],
        stages: [
          { percent: 10, restSeconds: 1800 },
          { percent: 50, restSeconds: 1800 },
          { percent: 100, restSeconds: 0 },
        ],
        ...{ maxFailedPercent: 10, silentSeconds: 1800, atOnce: 100 },
      },
    },
  });
});

test('everything of it can be said', async () => {
  const argv = ['--canary', 'web-1', '--stages', '20,100', '--rest', '1h', '--max-failed', '5'];
  const more = [
    '--silent-after',
    '10m',
    '--at-once',
    '7',
    '--window',
    '22:00-04:00',
    '--time-zone',
    'Europe/Zurich',
  ];
  expect(await start(...argv, ...more)).toMatchObject({
    code: 0,
    body: {
      plan: {
        canaries: [sampleAgent().agentID],
        stages: [
          { percent: 20, restSeconds: 3600 },
          { percent: 100, restSeconds: 0 },
        ],
        ...{ maxFailedPercent: 5, silentSeconds: 600, atOnce: 7 },
        window: { from: '22:00', to: '04:00', timeZone: 'Europe/Zurich' },
      },
    },
  });
});

test.each([
  ['--window', '22-04'],
  ['--stages', '10,x'],
  ['--rest', 'soon'],
])('%s %s is refused before anything is asked', async (...argv) => {
  expect(await start(...argv)).toMatchObject({ code: 2, body: undefined });
});

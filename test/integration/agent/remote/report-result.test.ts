import { describe, expect, test } from '@jest/globals';
import { postResult, type ReportAnswer } from '../../../../src/agent/remote/report-result.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { validateHistoryPost } from '../../../../src/protocol/generated/job.js';
import type { HistoryPost, JobReport } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startRemote } from '../../../support/remote-world.ts';
import { reply, type Script, type ScriptedServer } from '../../../support/scripted-server.ts';
import { readWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();

const job: JobReport = {
  ...{ jobID: 'a', executor: 'sh', filename: 'a.sh', description: '', os: '' },
  ...{ timeStarted: '1795333254.100Z', timeEnded: '1795333254.848Z', exitCode: 0, stdout: 'out', stderr: '' },
};
const post: HistoryPost = {
  job,
  detail: { outcome: 'succeeded', phaseTimes: {}, stdoutBytes: 3, stderrBytes: 0 },
};

async function start(
  script: Script,
): Promise<{ server: ScriptedServer; send: (body: HistoryPost) => Promise<ReportAnswer> }> {
  const { server, client } = await startRemote(onEnd);
  server.script = script;
  const { signal } = new AbortController();
  const run = { client, agentID: 'agent-1', clock: systemClock, signal };
  return { server, send: async (body) => await postResult(body, run) };
}

const saved: Script = (_, response) => reply(response, 200, { success: 'successfully saved job response' });

test('a result goes out with its detail beside the job, where an original ignores it', async () => {
  const { server, send } = await start(saved);
  expect(await send(post)).toBe('recorded');
  expect(server.seen).toMatchObject([{ line: 'POST /agent/history', headers: { 'agent-id': 'agent-1' } }]);
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(post);
});

test('a result that the original would choke on is not sent', async () => {
  const { server, send } = await start(saved);
  for (const wrong of [
    { timeEnded: '2026-11-23T08:00:00Z' },
    { timeEnded: null },
    { filename: '../a' },
    { exitCode: 1.5 },
  ]) {
    await expect(send({ job: { ...job, ...wrong } })).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
      retryable: false,
    });
  }
  expect(server.seen).toEqual([]);
});

test('"not running" is told from other refusals', async () => {
  const { send } = await start((_, response) =>
    reply(response, 400, { error: 'no matching jobs were supposed to be running' }),
  );
  expect(await send(post)).toBe('nothing-running');
});

test.each([
  [400, 'SERVER_REFUSED', false],
  [403, 'SERVER_REFUSED', false],
  [500, 'SERVER_ERROR', true],
  [502, 'SERVER_ERROR', true],
])('status %d is %s', async (status, code, retryable) => {
  const { send } = await start((_, response) => response.writeHead(status).end(readWire('nginx/502.html')));
  await expect(send(post)).rejects.toMatchObject({ code, retryable });
});

describe('a result that is too large', () => {
  /** A proxy that takes so many bytes. */
  const limitedTo =
    (bytes: number): Script =>
    (request, response) => {
      if (Buffer.byteLength(request.body) <= bytes) reply(response, 200, {});
      else response.writeHead(413, { connection: 'close' }).end(readWire('nginx/413.html'));
    };

  test('is sent again with the beginning and the end of its output', async () => {
    const { server, send } = await start(limitedTo(10_000));
    const stdout = `begin${'x'.repeat(60_000)}end`;
    expect(await send({ ...post, job: { ...job, stdout } })).toBe('recorded');
    const sent = JSON.parse(server.seen.at(-1)?.body ?? '') as HistoryPost;
    expect(sent.job.stdout).toMatch(
      /^beginx+\n\[… cut, because the server takes no larger result …\]\nx+end$/,
    );
    expect(validateHistoryPost(sent)).toBe(true);
    expect(sent.detail).toEqual(post.detail);
  });

  test('without any output left to cut is refused', async () => {
    const { server, send } = await start(limitedTo(10));
    await expect(send({ ...post, job: { ...job, stdout: 'x'.repeat(5000) } })).rejects.toMatchObject({
      code: 'SERVER_REFUSED',
    });
    expect((JSON.parse(server.seen.at(-1)?.body ?? '') as HistoryPost).job.stdout).toBe('');
  });

  test('is not cut within a character', async () => {
    const { server, send } = await start(limitedTo(3000));
    for (const pad of ['', 'x', 'xx', 'xxx']) {
      await send({ ...post, job: { ...job, stdout: pad + '😀'.repeat(2000) } });
      const { job: sent } = JSON.parse(server.seen.at(-1)?.body ?? '') as HistoryPost;
      expect(sent.stdout?.isWellFormed()).toBe(true);
    }
  });
});

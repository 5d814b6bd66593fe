import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectAnswer } from '../../support/expect-answer.ts';
import { resultOf, type Call, type OriginalAnswer } from '../../support/original-client.ts';
import { FAR_ENDS, type FarEnd } from '../../support/original-far-ends.ts';
import { zipOf } from '../../support/zip.ts';

const SAVED = { success: 'successfully saved job response' };
const GENERIC_400 = { code: 400, name: 'Bad Request' };

/** How agents of the original fetch and report: COMMANDER.md, part 4. */
describe.each(FAR_ENDS)('to a client of the original, %s', (_, start) => {
  let farEnd: FarEnd;
  beforeAll(async () => {
    farEnd = await start();
  });
  afterAll(() => farEnd.close());

  describe('takes a job from push to history:', () => {
    let agentID: string;
    let archive: Buffer;
    beforeAll(async () => {
      agentID = await farEnd.register();
      archive = await zipOf({ 'run.sh': 'echo hello', 'data.txt': 'x'.repeat(100_000) });
      await farEnd.upload('run.sh', archive);
      await farEnd.upload('grüße ☃.sh');
    });

    async function running(filename = 'run.sh', argv: string[] = []): Promise<Record<string, unknown>> {
      await farEnd.assign(agentID, filename, argv);
      const checkin = await farEnd.checkIn(agentID);
      const [job] = await checkin.nextPush();
      checkin.ack();
      await fetchUntilThere(filename);
      checkin.close();
      return job ?? {};
    }

    /** Right after an ack the original answers 400 for a moment. */
    async function fetchUntilThere(filename: string): Promise<OriginalAnswer> {
      for (;;) {
        const answer = await farEnd.endpoint.call('GET', '/agent/execute', { agentID, json: { filename } });
        if (answer.status === 200) return answer;
        await expectAnswer(Promise.resolve(answer), 400, 'no matching job available for download');
      }
    }

    function post(job: unknown, id = agentID): Promise<OriginalAnswer> {
      return farEnd.endpoint.call('POST', '/agent/history', { agentID: id, json: { job } });
    }

    async function history(query = ''): Promise<Record<string, unknown>[]> {
      const { json, status } = await farEnd.admin.call('GET', `/admin/history${query}`, {
        token: farEnd.token,
        json: { agentID },
      });
      expect(status).toBe(200);
      return (json as { jobs: string[] }).jobs.map((job) => JSON.parse(job) as Record<string, unknown>);
    }

    test('the archive comes unchanged, as often as it is asked for, whole or in part', async () => {
      const job = await running('run.sh');
      const [first, second] = [await fetchUntilThere('run.sh'), await fetchUntilThere('run.sh')];
      expect([first.bytes.equals(archive), second.bytes.equals(archive)]).toEqual([true, true]);
      expect(first.headers).toMatchObject({
        'content-type': 'text/x-sh; charset=utf-8',
        'content-disposition': 'inline; filename=run.sh',
        'last-modified': expect.any(String),
      });
      const headers = { Range: 'bytes=10-19' };
      const part = await farEnd.endpoint.call('GET', '/agent/execute', {
        agentID,
        headers,
        json: { filename: 'run.sh' },
      });
      expect([part.status, part.bytes]).toEqual([206, archive.subarray(10, 20)]);
      await post(resultOf(job as never));
    });

    test('a name beyond ASCII is sent both ways', async () => {
      const job = await running('grüße ☃.sh');
      const { headers } = await fetchUntilThere('grüße ☃.sh');
      expect(headers['content-disposition']).toContain("filename*=UTF-8''gr%C3%BC%C3%9Fe%20%E2%98%83.sh");
      expect(await post(resultOf(job as never))).toMatchObject({ status: 200 });
    });

    test.each<[string, unknown, (agentID: string) => Call]>([
      [
        'nothing was assigned by that name',
        'no matching job available for download',
        (id) => ({ agentID: id, json: { filename: 'push.sh' } }),
      ],
      [
        'the agent is unknown',
        'agent ID not found',
        () => ({ agentID: 'nobody', json: { filename: 'run.sh' } }),
      ],
      [
        'nothing is said',
        "request is missing the following parameters: headers=['Agent-ID'], data=['filename']",
        () => ({ json: {} }),
      ],
      ['there is no JSON', expect.objectContaining(GENERIC_400), (id) => ({ agentID: id, body: 'run.sh' })],
    ])('there is no archive when %s: 400', async (_case, body, callOf) => {
      await expectAnswer(farEnd.endpoint.call('GET', '/agent/execute', callOf(agentID)), 400, body);
    });

    test('the result is recorded as it was sent, once', async () => {
      const job = await running('run.sh', ['a b']);
      const sent = resultOf(job as never, {
        exitCode: 3_221_225_477,
        stdout: '\u0000\u001b[31m🚀',
        stderr: 'é',
      });
      await expectAnswer(post(sent), 200, SAVED);
      await expectAnswer(post(sent), 400, 'no matching jobs were supposed to be running');
      const recorded = (await history()).filter((other) => other['jobID'] === job['jobID']);
      expect(recorded).toMatchObject([
        {
          ...{ executor: 'bash', filename: 'run.sh', os: 'Linux', argv: ['a b'] },
          ...{ exitCode: 3_221_225_477, stdout: '\u0000\u001b[31m🚀', stderr: 'é' },
          ...{ timeStarted: sent['timeStarted'], timeEnded: sent['timeEnded'] },
        },
      ]);
    });

    test.each<[string, Record<string, unknown>, unknown]>([
      ['nothing', { exitCode: null, stdout: null, stderr: null, argv: null }, undefined],
      ['"3" for 3', { exitCode: '3' }, 3],
      ['3.7 for 3', { exitCode: 3.7 }, 3],
      ['true for 1', { exitCode: true }, 1],
      ['a negative code', { exitCode: -1 }, -1],
      ['a class name of Python', { _cls: 'Job' }, 0],
    ])('a result may say %s', async (_case, change, exitCode) => {
      const job = await running();
      await expectAnswer(post(resultOf(job as never, change)), 200, SAVED);
      const recorded = (await history()).find((other) => other['jobID'] === job['jobID']);
      expect(recorded?.['exitCode']).toBe(exitCode);
    });

    test('a client that forgets the jobID is matched by the file name', async () => {
      const job = await running();
      const result = resultOf(job as never);
      await expectAnswer(post({ ...result, jobID: undefined }), 200, SAVED);
      expect((await history()).length).toBeGreaterThan(0);
    });

    test.each<[string, Call, unknown]>([
      [
        'nothing runs by that name',
        { json: { job: { filename: 'push.sh', executor: 'x', description: '', os: '' } } },
        'no matching jobs were supposed to be running',
      ],
      [
        'there is no JSON',
        { body: '\ud800', headers: { 'Content-Type': 'text/plain' } },
        expect.objectContaining(GENERIC_400),
      ],
      [
        'the body is no UTF-8',
        { body: Buffer.from([0x7b, 0xff, 0x7d]), headers: { 'Content-Type': 'application/json' } },
        expect.objectContaining(GENERIC_400),
      ],
    ])('there is no result when %s: 400', async (_case, call, body) => {
      await expectAnswer(farEnd.endpoint.call('POST', '/agent/history', { agentID, ...call }), 400, body);
    });

    test('there is no result without an agent or a job: 400', async () => {
      await expectAnswer(
        farEnd.endpoint.call('POST', '/agent/history', { json: {} }),
        400,
        "request is missing the following parameters: headers=['Agent-ID'], data=['job']",
      );
      await expectAnswer(post(resultOf({ jobID: 'x', filename: 'x' }), 'nobody'), 400, 'agent ID not found');
    });

    test('a body above 16 MiB is refused with 413, and a smaller one then taken', async () => {
      const job = await running();
      const large = await post(resultOf(job as never, { stdout: 'x'.repeat(16 * 1024 * 1024) }));
      expect([large.status, large.headers['content-type']]).toEqual([
        413,
        expect.stringMatching(/^text\/html/),
      ]);
      await expectAnswer(post(resultOf(job as never)), 200, SAVED);
    });

    test('history is of the last seven days, or of as many as asked for', async () => {
      const job = await running();
      const eightDaysAgo = `${Math.trunc(Date.now() / 1000) - 8 * 86_400}Z`;
      await post(resultOf(job as never, { timeEnded: eightDaysAgo }));
      const has = (jobs: Record<string, unknown>[]): boolean =>
        jobs.some((other) => other['jobID'] === job['jobID']);
      expect([has(await history()), has(await history('?daysAgo=9'))]).toEqual([false, true]);
    });

    test('there is no history of an unknown agent: 400', async () => {
      const call = farEnd.admin.call('GET', '/admin/history', {
        token: farEnd.token,
        json: { agentID: 'nobody' },
      });
      await expectAnswer(call, 400, 'agent ID not found');
    });
  });
});

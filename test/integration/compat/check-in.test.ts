import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectAnswer } from '../../support/expect-answer.ts';
import type { Call, OriginalCheckin } from '../../support/original-client.ts';
import { FAR_ENDS, type FarEnd } from '../../support/original-far-ends.ts';

const GENERIC_400 = { code: 400, name: 'Bad Request' };

/** How agents of the original register and check in: COMMANDER.md, part 4. */
describe.each(FAR_ENDS)('to a client of the original, %s', (_, start) => {
  let farEnd: FarEnd;
  beforeAll(async () => {
    farEnd = await start();
  });
  afterAll(() => farEnd.close());

  describe('registers agents:', () => {
    test('each call makes a new one, whatever else it says', async () => {
      const json = { registrationKey: await farEnd.registrationKey(), hostname: '', os: '', extra: 1 };
      const ids = [await register(json), await register(json)];
      expect(new Set(ids).size).toBe(2);
    });

    test.each<[string, number, unknown, (key: string) => Call]>([
      [
        'a wrong key',
        401,
        'invalild registration key',
        () => ({ json: { registrationKey: 'x', hostname: 'a', os: 'b' } }),
      ],
      [
        'missing fields',
        400,
        "request is missing the following parameters: data=['hostname', 'os']",
        (key) => ({ json: { registrationKey: key } }),
      ],
      ['no body', 400, expect.objectContaining(GENERIC_400), () => ({})],
    ])('but not with %s', async (_case, status, body, call) => {
      const key = await farEnd.registrationKey();
      await expectAnswer(farEnd.endpoint.call('POST', '/agent/register', call(key)), status, body);
    });

    async function register(json: object): Promise<string> {
      const answer = await farEnd.endpoint.call('POST', '/agent/register', { json });
      expect(answer.status).toBe(200);
      return (answer.json as { agentID: string }).agentID;
    }
  });

  describe('serves a check-in:', () => {
    let agentID: string;
    beforeAll(async () => {
      agentID = await farEnd.register();
      await farEnd.upload('push.sh');
    });

    test.each([
      ['{"Agent', 'message was not a valid json object'],
      ['{"agent-id":"x"}', "request is missing the following parameters: headers=['Agent-ID']"],
      ['{"Agent-ID":"x"}', 'agent ID not found, please check ID or register'],
    ])('refuses %s in the reason of a Close', async (hello, error) => {
      const checkin = await farEnd.endpoint.checkin(hello);
      await checkin.ended;
      expect(JSON.parse(/\{.*\}/.exec(checkin.received)?.[0] ?? 'null')).toEqual({ error });
    });

    test('pushes a job with the eight fields in their order, and what is new after them', async () => {
      const checkin = await farEnd.checkIn(agentID);
      await farEnd.assign(agentID, 'push.sh', ['a b', '☃']);
      const [job] = await checkin.nextPush();
      expect(job).toMatchObject({
        executor: 'bash',
        filename: 'push.sh',
        description: '',
        os: 'Linux',
        user: farEnd.addresses.account.username,
        timeCreated: expect.stringMatching(/^\d+(\.\d+)?Z$/),
        argv: ['a b', '☃'],
      });
      const order = ['jobID', 'executor', 'filename', 'description', 'os', 'user', 'timeCreated', 'argv'];
      expect(Object.keys(job ?? {}).slice(0, 8)).toEqual(order);
      checkin.ack();
      checkin.close();
    });

    test.each([
      [
        'after a message that is not the ack',
        (checkin: OriginalCheckin) => Promise.resolve((checkin.send('ACK'), checkin)),
      ],
      [
        'to the next check-in, when this one ended without an ack',
        async (checkin: OriginalCheckin) => {
          checkin.terminate();
          await checkin.ended;
          return await farEnd.checkIn(agentID);
        },
      ],
    ])('pushes the same jobs again %s', async (_case, next) => {
      const checkin = await farEnd.checkIn(agentID);
      await farEnd.assign(agentID, 'push.sh');
      const first = await checkin.nextPush();
      const again = await next(checkin);
      expect(await again.nextPush()).toEqual(first);
      again.ack();
      again.close();
    });

    test('takes a late ack, and pushes the next job while the first runs', async () => {
      const checkin = await farEnd.checkIn(agentID);
      await farEnd.assign(agentID, 'push.sh', ['1']);
      expect(await checkin.nextPush()).toMatchObject([{ argv: ['1'] }]);
      checkin.ack();
      await farEnd.assign(agentID, 'push.sh', ['2']);
      expect(await checkin.nextPush()).toMatchObject([{ argv: ['2'] }]);
      checkin.ack();
      checkin.close();
    });

    test('pushes what was queued before in one message, in order', async () => {
      await farEnd.assign(agentID, 'push.sh', ['1']);
      await farEnd.assign(agentID, 'push.sh', ['2']);
      const checkin = await farEnd.checkIn(agentID);
      expect((await checkin.nextPush()).map((job) => job['argv'])).toEqual([['1'], ['2']]);
      checkin.ack();
      checkin.close();
    });

    test('echoes a Close', async () => {
      const checkin = await farEnd.checkIn(agentID);
      checkin.close(1000, 'bye');
      expect(await checkin.ended).toMatchObject({ code: 1000, reason: 'bye' });
    });

    test('understands a binary first message', async () => {
      const checkin = await farEnd.endpoint.checkin(Buffer.from(JSON.stringify({ 'Agent-ID': agentID })));
      await farEnd.assign(agentID, 'push.sh');
      expect(await checkin.nextPush()).toHaveLength(1);
      checkin.ack();
      checkin.close();
    });
  });
});

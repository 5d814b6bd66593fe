import { beforeAll, describe, expect, test } from '@jest/globals';
import type { OriginalCheckin } from '../../../support/original-client.ts';
import { useTestServer, type TestAgent } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const server = useTestServer();
beforeAll(async () => {
  await server().addToLibrary('run.sh');
});

const PROTOCOL_2 = { headers: { 'Commander-Protocol': '2' } };

async function checkIn({ client, agentID }: TestAgent): Promise<OriginalCheckin> {
  return await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
}

async function checkInFramed(
  { client, agentID }: TestAgent,
  holding: string[] = [],
): Promise<OriginalCheckin> {
  const hello = { 'Agent-ID': agentID, protocol: 2, version: '1.0.0', os: 'Linux', arch: 'x64', holding };
  return await client.checkin(JSON.stringify(hello), PROTOCOL_2);
}

/** The push behind the archives that travel ahead of it. */
async function nextFramedPush(checkin: OriginalCheckin): Promise<unknown[]> {
  const { kind } = JSON.parse(await checkin.nextFrame()) as { kind: string };
  expect(kind).toBe('archives');
  return await checkin.nextPush();
}

const stateIs = async (jobID: string, state: string): Promise<unknown> =>
  await waitFor(async () => (await server().job(jobID))['state'] === state, {
    what: `${jobID} to be ${state}`,
  });

describe('protocol 1', () => {
  test('pushes what was queued before the agent came, and what is assigned while it is there', async () => {
    const agent = await server().originalAgent('one.example');
    const before = await server().assign(agent.agentID, 'run.sh', { argv: ['1'] });
    const checkin = await checkIn(agent);
    expect(await checkin.nextPush()).toMatchObject([{ jobID: before, argv: ['1'] }]);
    checkin.ack();
    await stateIs(before, 'accepted');
    const during = await server().assign(agent.agentID, 'run.sh');
    expect(await checkin.nextPush()).toMatchObject([{ jobID: during }]);
    checkin.terminate();
  });

  test('covers a batch with one ack; what was not acknowledged comes again', async () => {
    const agent = await server().originalAgent('batch.example');
    const jobIDs: string[] = [];
    for (let count = 0; count < 4; count++) jobIDs.push(await server().assign(agent.agentID, 'run.sh'));
    const first = await checkIn(agent);
    expect((await first.nextPush()).map(({ jobID }) => jobID)).toEqual(jobIDs);
    first.terminate();
    const second = await checkIn(agent);
    expect((await second.nextPush()).map(({ jobID }) => jobID)).toEqual(jobIDs);
    second.ack();
    for (const jobID of jobIDs) await stateIs(jobID, 'accepted');
    second.terminate();
    const third = await checkIn(agent);
    const last = await server().assign(agent.agentID, 'run.sh');
    expect((await third.nextPush()).map(({ jobID }) => jobID)).toEqual([last]);
    third.terminate();
  });

  test('repeats the push at any other word, and the assignment of others goes on', async () => {
    const agent = await server().originalAgent('mute.example');
    const checkin = await checkIn(agent);
    await server().assign(agent.agentID, 'run.sh');
    const push = await checkin.nextFrame();
    checkin.send('ACK');
    expect(await checkin.nextFrame()).toBe(push);
    checkin.ack();
    checkin.ack();
    const other = await server().originalAgent('other.example');
    await server().assign(other.agentID, 'run.sh');
    checkin.terminate();
  });

  test.each([
    ['no JSON', 'hello', 'message was not a valid json object'],
    ['no ID', '{"id":1}', "request is missing the following parameters: headers=['Agent-ID']"],
    ['an unknown ID', '{"Agent-ID":"x"}', 'agent ID not found, please check ID or register'],
  ])('is refused with %s, by a close code that RFC 6455 allows', async (_what, hello, error) => {
    const { client } = await server().originalAgent('refused.example');
    const checkin = await client.checkin(hello);
    expect(await checkin.ended).toEqual({ code: 1008, reason: JSON.stringify({ error }) });
  });

  test('is refused in the name of another agent', async () => {
    const victim = await server().originalAgent('victim.example');
    const { client } = await server().originalAgent('attacker.example');
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': victim.agentID }));
    expect(await checkin.ended).toMatchObject({
      code: 1008,
      reason: '{"error":"agent ID does not belong to this certificate"}',
    });
  });

  test('keeps the jobs of two agents apart', async () => {
    const agents = [
      await server().originalAgent('left.example'),
      await server().originalAgent('right.example'),
    ];
    const checkins = await Promise.all(agents.map(checkIn));
    const jobIDs = await Promise.all(
      agents.map(async ({ agentID }) => await server().assign(agentID, 'run.sh')),
    );
    for (const [index, checkin] of checkins.entries()) {
      expect(await checkin.nextPush()).toMatchObject([{ jobID: jobIDs[index] }]);
      expect(checkin.unread).toBe(0);
      checkin.terminate();
    }
  });

  test('has one connection per agent: a newer one takes the place of the older', async () => {
    const agent = await server().originalAgent('twice.example');
    const older = await checkIn(agent);
    const jobID = await server().assign(agent.agentID, 'run.sh');
    await older.nextPush();
    const newer = await checkIn(agent);
    expect(await older.ended).toMatchObject({
      code: 1008,
      reason: '{"error":"replaced by a newer connection of this agent"}',
    });
    expect(await newer.nextPush()).toMatchObject([{ jobID }]);
    newer.ack();
    await stateIs(jobID, 'accepted');
    newer.terminate();
  });
});

describe('protocol 2', () => {
  test('pushes with archive and timeout, takes acks by job, and follows phases', async () => {
    const agent = await server().agent('framed.example');
    const checkin = await checkInFramed(agent);
    const jobID = await server().assign(agent.agentID, 'run.sh', { timeoutSeconds: 30 });
    expect(await nextFramedPush(checkin)).toEqual([
      {
        jobID,
        executor: 'sh',
        filename: 'run.sh',
        description: 'Runs',
        os: 'linux',
        user: 'admin',
        timeCreated: expect.stringMatching(/Z$/),
        argv: [],
        archive: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: expect.any(Number) },
        timeoutSeconds: 30,
      },
    ]);
    checkin.send(JSON.stringify({ kind: 'ack', jobIDs: [jobID] }));
    await stateIs(jobID, 'accepted');
    for (const phase of ['fetched', 'extracted', 'running', 'exited']) {
      checkin.send(JSON.stringify({ kind: 'phase', jobID, phase }));
      await stateIs(jobID, phase);
    }
    checkin.terminate();
  });

  test('shows what the agent said of itself', async () => {
    const agent = await server().agent('facts.example');
    const checkin = await checkInFramed(agent);
    const token = await server().token();
    const shown = await waitFor(
      async () => {
        const { json } = await server().client.call('GET', `/admin/agents/${agent.agentID}`, { token });
        return (json as { connected: boolean }).connected && json;
      },
      { what: 'the agent to be connected' },
    );
    expect(shown).toMatchObject({
      version: '1.0.0',
      arch: 'x64',
      protocol: 2,
      lastSeenAt: expect.any(String),
    });
    checkin.terminate();
  });

  test('pushes again on the next connection what was not acknowledged on this one', async () => {
    const agent = await server().agent('again.example');
    const jobIDs = [
      await server().assign(agent.agentID, 'run.sh'),
      await server().assign(agent.agentID, 'run.sh'),
    ];
    const first = await checkInFramed(agent);
    await nextFramedPush(first);
    first.send(JSON.stringify({ kind: 'ack', jobIDs: [jobIDs[1]] }));
    await stateIs(jobIDs[1] ?? '', 'accepted');
    first.terminate();
    const second = await checkInFramed(agent, [jobIDs[1] ?? '']);
    expect(await nextFramedPush(second)).toMatchObject([{ jobID: jobIDs[0] }]);
    second.terminate();
  });

  test('counts as lost what the agent had and no longer holds', async () => {
    const agent = await server().agent('wiped.example');
    const jobID = await server().assign(agent.agentID, 'run.sh');
    const first = await checkInFramed(agent);
    await nextFramedPush(first);
    first.send(JSON.stringify({ kind: 'ack', jobIDs: [jobID] }));
    await stateIs(jobID, 'accepted');
    first.terminate();
    const second = await checkInFramed(agent, []);
    await stateIs(jobID, 'finished');
    expect(await server().job(jobID)).toMatchObject({
      outcome: 'lost',
      reason: 'the agent came back without the job and without a result',
    });
    second.terminate();
  });

  test('tells an agent at once to end a job', async () => {
    const agent = await server().agent('told.example');
    const checkin = await checkInFramed(agent);
    const jobID = await server().assign(agent.agentID, 'run.sh');
    await nextFramedPush(checkin);
    const token = await server().token();
    await server().client.call('POST', `/admin/jobs/${jobID}/cancel`, { token });
    expect(JSON.parse(await checkin.nextFrame())).toEqual({ kind: 'cancel', jobIDs: [jobID] });
    checkin.terminate();
  });

  test('passes over what it does not know', async () => {
    const agent = await server().agent('future.example');
    const checkin = await checkInFramed(agent);
    for (const text of ['{"kind":"teleport"}', 'ack', '[]', '']) checkin.send(text);
    const jobID = await server().assign(agent.agentID, 'run.sh');
    expect(await nextFramedPush(checkin)).toMatchObject([{ jobID }]);
    checkin.terminate();
  });
});

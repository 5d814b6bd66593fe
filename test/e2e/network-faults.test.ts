import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatJoinToken, parseJoinToken } from '../../src/protocol/join-token.ts';
import { useCleanup } from '../support/cleanup.ts';
import { COUNT_RUN, enlarged, writeScript } from '../support/job-scripts.ts';
import { PackedWorld, type PackedAgent } from '../support/packed-world.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

const onEnd = useCleanup();

interface Setting {
  world: PackedWorld;
  proxy: TcpProxy;
  agent: PackedAgent;
  runsPath: string;
}

/** The agent reaches its server through a proxy; the admin goes directly. */
async function prepare(): Promise<Setting> {
  const proxy = await TcpProxy.start(onEnd);
  const world = new PackedWorld(onEnd);
  await world.startServer();
  proxy.targetPort = world.port;
  const agent = await world.enrollAgent('endpoint', await tokenThrough(world, proxy));
  await agent.connect();
  await world.addToLibrary(writeScript(world.dir, COUNT_RUN));
  return { world, proxy, agent, runsPath: join(world.dir, 'runs') };
}

/** As the server would make it, had it been told that this is its address. */
async function tokenThrough(world: PackedWorld, { port }: TcpProxy): Promise<string> {
  const token = parseJoinToken(await world.joinToken());
  return formatJoinToken({ ...token, serverUrl: `https://127.0.0.1:${port}` });
}

describe('a network that fails', () => {
  test('without a word: the agent notices within 75 s, comes back, and no job is lost', async () => {
    const { world, proxy, agent, runsPath } = await prepare();
    proxy.swallow();
    const jobID = await world.assign(COUNT_RUN.filename, agent.agentID, runsPath);
    const before = proxy.connections;
    const begun = performance.now();
    await waitFor(() => proxy.connections > before, { what: 'another connection', timeoutMs: 75_000 });
    expect(performance.now() - begun).toBeGreaterThan(25_000); // no sooner than the next ping was due
    proxy.cut();
    proxy.pass();
    expect(await world.finished(jobID)).toMatchObject({ outcome: 'succeeded' });
    expect(readFileSync(runsPath, 'utf8').trim()).toBe(jobID);
  }, 150_000);

  test('again and again while jobs come in: each runs once and is reported once', async () => {
    const { world, proxy, agent, runsPath } = await prepare();
    const jobIDs: string[] = [];
    for (let cuts = 0; cuts < 8; cuts++) {
      jobIDs.push(await world.assign(COUNT_RUN.filename, agent.agentID, runsPath));
      proxy.cut();
    }
    for (const jobID of jobIDs) expect(await world.finished(jobID)).toMatchObject({ outcome: 'succeeded' });
    expect(readFileSync(runsPath, 'utf8').trim().split(/\r?\n/).sort()).toEqual(jobIDs.sort());
  }, 90_000);

  test('for the archive only: the job waits for it, and runs when it is there', async () => {
    const { world, proxy, agent, runsPath } = await prepare();
    const script = enlarged(COUNT_RUN);
    await world.addToLibrary(writeScript(world.dir, script));
    proxy.holdNew();
    const jobID = await world.assign(script.filename, agent.agentID, runsPath);
    await waitFor(async () => (await world.job(jobID)).state === 'accepted', { what: 'the ack' });
    expect(await agent.status()).toMatchObject({ state: 'connected', jobs: { active: 1 } });
    proxy.pass();
    expect(await world.finished(jobID)).toMatchObject({ outcome: 'succeeded' });
  });
});

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentConfig } from '../../../src/agent/config/schema.ts';
import type { EnrollSummary } from '../../../src/protocol/endpoint.ts';
import { AgentInProcess } from '../../support/agent-in-process.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { OBSERVED } from '../../support/original-commander/oddities.ts';
import { OriginalCommander } from '../../support/original-commander/original-commander.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';
import { zipOf } from '../../support/zip.ts';

/** Our agent, unchanged, at a server that has every oddity of the original. */
const onEnd = useCleanup();
let original: OriginalCommander;
let agentID: string;
let agent: AgentInProcess;

/** A shell script, hence the tests on POSIX. Appends its arguments to a file that outlives the workspace: one line a run. */
const COUNTING_JOB = 'read -r greeting < data.txt; echo "$greeting, $2"; echo "$2" >> "$1"; exit "${3:-0}"\n';

beforeAll(async () => {
  original = await OriginalCommander.start();
  const archive = await zipOf({ 'count.sh': COUNTING_JOB, 'data.txt': 'hello\n', 'manifest.json': '{}' });
  // Not the type that its name makes the original claim, and gzipped for it when a client lets it.
  for (const filename of ['count.sh', 'other.json']) original.addToLibrary({ filename }, archive);
});
afterAll(() => original.close());

beforeEach(() => {
  Object.assign(original.oddities, OBSERVED, { pollIntervalMs: 50 });
  for (const seen of [original.pushes, original.requests, original.heard]) seen.length = 0;
});

async function enroll(settings: Partial<AgentConfig> = {}): Promise<EnrollSummary> {
  agent = new AgentInProcess(onEnd, settings);
  const summary = await agent.enroll({
    server: original.url,
    capy: original.capyUrl,
    registrationKey: original.registrationKey,
    caFingerprint: original.fingerprint,
  });
  ({ agentID } = summary);
  return summary;
}

async function start(settings?: Partial<AgentConfig>): Promise<void> {
  await enroll(settings);
  agent.start();
  await waitFor(() => agent.status.state === 'connected', { what: 'the check-in' });
}

function countFile(): string {
  return join(makeTempDir(onEnd), 'runs');
}

/** What ran, in order. */
function runsIn(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split('\n');
}

async function results(count: number): Promise<Record<string, unknown>[]> {
  const what = `${count} results`;
  await waitFor(() => original.history(agentID).length >= count, { what, timeoutMs: 20_000 });
  return [...original.history(agentID)];
}

describe('our agent at the original', () => {
  test('enrols with a key from CAPy, and says what is wrong with that', async () => {
    const summary = await enroll();
    expect(summary).toMatchObject({ agentID, server: original.url, fingerprint: original.fingerprint });
    expect(summary.warnings).toEqual([expect.stringContaining('made by CAPy')]);
    expect(original.state.agent(agentID)).toMatchObject({ os: agent.host.platform.osLabel });
  });

  testOnPosix('does one job end to end, and leaves nothing of it behind', async () => {
    await start();
    const runs = countFile();
    original.assign(agentID, 'count.sh', [runs, 'wörld', '3']);
    expect(await results(1)).toEqual([
      {
        ...{
          jobID: expect.any(String),
          executor: 'bash',
          filename: 'count.sh',
          description: '',
          os: 'Linux',
        },
        ...{ user: 'admin', timeCreated: expect.any(String), argv: [runs, 'wörld', '3'] },
        timeStarted: expect.stringMatching(/^\d+\.\d+Z$/),
        timeEnded: expect.stringMatching(/^\d+\.\d+Z$/),
        ...{ exitCode: 3, stdout: 'hello, wörld\n', stderr: '' },
      },
    ]);
    expect(runsIn(runs)).toEqual(['wörld']);
    await waitFor(() => agent.status.jobs.recent[0]?.phase === 'cleaned', { what: 'the clean-up' });
    expect(readdirSync(join(agent.config.stateDir, 'jobs'))).toEqual([]);
    expect(agent.status).toMatchObject({ protocol: 1, state: 'connected' });
  });

  testOnPosix(
    'runs each of five jobs once, though an ack marks only some and the rest are pushed again',
    async () => {
      await enroll();
      const runs = countFile();
      for (const n of ['1', '2', '3', '4', '5']) original.assign(agentID, 'count.sh', [runs, n]);
      agent.start();
      const recorded = await results(5);
      expect(original.pushes.map(({ jobIDs }) => jobIDs.length)).toEqual([5, 2, 1]);
      expect(runsIn(runs).sort()).toEqual(['1', '2', '3', '4', '5']);
      expect(new Set(recorded.map((result) => result['stdout'])).size).toBe(5);
      expect(original.state.agent(agentID)).toMatchObject({ queued: [], running: [] });
      expect(original.state.lockWedged).toBe(false);
    },
  );

  testOnPosix(
    'goes on asking for an archive that it may not have yet, because the ack is still on its way',
    async () => {
      original.oddities.ackTakesMs = 150;
      await start();
      original.assign(agentID, 'other.json', [countFile(), 'x']);
      // "other.json" is not in the archive: what counts here is that the archive came, whatever its type is said to be.
      expect(await results(1)).toMatchObject([{ filename: 'other.json' }]);
      const answers = original.requests.filter((request) => request.startsWith('GET /agent/execute'));
      expect(answers.at(-1)).toBe('GET /agent/execute 200');
      expect(answers).toContain('GET /agent/execute 400');
    },
  );

  testOnPosix('reports once, though the answer to its report is lost', async () => {
    original.oddities.loseResultAnswers = 1;
    await start();
    const runs = countFile();
    original.assign(agentID, 'count.sh', [runs, 'x']);
    await waitFor(() => agent.status.jobs.recent[0]?.phase === 'cleaned', { what: 'the end of the job' });
    expect(original.history(agentID)).toHaveLength(1);
    expect(original.requests.filter((request) => request.startsWith('POST /agent/history'))).toEqual([
      'POST /agent/history 200',
      'POST /agent/history 400',
    ]);
    expect(runsIn(runs)).toEqual(['x']);
  });

  testOnPosix('comes back after HTTP amid the frames, and after the server was away', async () => {
    original.oddities.breakPushes = 1;
    await start();
    const runs = countFile();
    original.assign(agentID, 'count.sh', [runs, '1']);
    await results(1);
    await original.stopUpstream();
    await waitFor(() => agent.status.state !== 'connected', { what: 'the loss to be noticed' });
    original.startUpstream();
    original.assign(agentID, 'count.sh', [runs, '2']);
    await results(2);
    expect(runsIn(runs)).toEqual(['1', '2']);
  });

  testOnPosix('keeps a result until a server that was away takes it', async () => {
    await start();
    const goAhead = join(makeTempDir(onEnd), 'go');
    original.addToLibrary(
      { filename: 'wait.sh' },
      await zipOf({ 'wait.sh': 'while [ ! -e "$1" ]; do sleep 0.02; done; echo done\n' }),
    );
    original.assign(agentID, 'wait.sh', [goAhead]);
    await waitFor(() => agent.status.jobs.recent[0]?.phase === 'running', { what: 'the program' });
    original.oddities.upstreamDown = true;
    writeFileSync(goAhead, '');
    await waitFor(() => agent.status.jobs.unreported === 1, { what: 'a result that waits' });
    await waitFor(() => original.requests.includes('POST /agent/history 502'), { what: 'a try in vain' });
    original.oddities.upstreamDown = false;
    expect(await results(1)).toMatchObject([{ exitCode: 0, stdout: 'done\n' }]);
  });

  test('answers pings, and so is not thrown out', async () => {
    original.oddities.pingIntervalMs = 20;
    await start();
    await delay(200);
    expect(agent.status).toMatchObject({ state: 'connected' });
    expect(original.heard).toHaveLength(1);
  });

  test('says what to do when the server has lost its database', async () => {
    await start();
    original.forgetAgents();
    original.startUpstream();
    await waitFor(() => agent.status.state === 'refused', { what: 'the refusal' });
    expect(agent.status.problem).toContain('commander-agent enroll');
  });

  testOnPosix(
    'never runs a job whose file name is a path, and takes the others in the same push',
    async () => {
      await enroll();
      const runs = countFile();
      original.state.library.set('../trav.sh', {
        job: { jobID: 'x', executor: 'bash', filename: '../trav.sh', description: '', os: 'Linux' },
        bytes: await zipOf({ 'trav.sh': 'exit 0' }),
      });
      original.assign(agentID, '../trav.sh');
      original.assign(agentID, 'count.sh', [runs, 'good']);
      agent.start();
      expect(await results(1)).toMatchObject([{ filename: 'count.sh' }]);
      await waitFor(() => original.acks.filter((id) => id === agentID).length === 2, { what: 'both acks' });
      expect(original.requests.filter((request) => request === 'GET /agent/execute 200')).toHaveLength(1);
    },
  );

  testOnPosix('sends nothing but its ID and acks, and closes long enough after an ack', async () => {
    await start();
    original.assign(agentID, 'count.sh', [countFile(), 'x']);
    await waitFor(() => original.acks.includes(agentID), { what: 'the ack' });
    await agent.stop();
    expect(original.state.agent(agentID).queued).toEqual([]);
    expect(original.heard).toEqual([JSON.stringify({ 'Agent-ID': agentID }), 'ack']);
  });

  testOnPosix(
    'reports output that no original takes as it is: NUL, halves of characters, and far too much',
    async () => {
      await start();
      original.addToLibrary(
        { filename: 'loud.sh' },
        await zipOf({
          'loud.sh': "printf '\\000\\377\\355\\240\\200\\342\\202'; head -c 20000000 /dev/zero; printf end\n",
        }),
      );
      original.assign(agentID, 'loud.sh');
      const [result] = await results(1);
      expect(result).toMatchObject({ exitCode: 0 });
      expect(result?.['stdout']).toMatch(/^\0[^]*end$/);
      expect(String(result?.['stdout']).isWellFormed()).toBe(true);
    },
  );
});

import { describe, expect, test } from '@jest/globals';
import { EarlyArchives } from '../../../../src/agent/remote/early-archives.ts';
import { HttpJobServer } from '../../../../src/agent/remote/job-server.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { isAppError } from '../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { JobReport, ResultDetail } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startRemote } from '../../../support/remote-world.ts';
import { reply, type Script, type ScriptedServer } from '../../../support/scripted-server.ts';

const onEnd = useCleanup();
const { signal } = new AbortController();
const job: JobReport = {
  jobID: 'a',
  executor: 'sh',
  filename: 'a.sh',
  description: '',
  os: '',
  timeEnded: '1795333254.848Z',
};
const detail: ResultDetail = { outcome: 'succeeded', phaseTimes: {}, stdoutBytes: 0, stderrBytes: 0 };

const saved: Script = (_, response) => reply(response, 200, {});
const notRunning: Script = (_, response) =>
  reply(response, 400, { error: 'no matching jobs were supposed to be running' });
const broken: Script = (_, response) => response.destroy();

async function start(): Promise<{ server: ScriptedServer; jobs: HttpJobServer; announced: string[] }> {
  const { server, client } = await startRemote(onEnd);
  const announced: string[] = [];
  const jobs = new HttpJobServer({
    agentID: 'agent-1',
    client: () => client,
    early: new EarlyArchives(),
    maxArchiveBytes: 1000,
    announcePhase: (jobID, phase) => void announced.push(`${jobID} ${phase}`),
    clock: systemClock,
    log: silentLogger,
  });
  return { server, jobs, announced };
}

/** Reports once for each answer, and gives back what came of each. */
async function reportAgainst(...answers: Script[]): Promise<string[]> {
  const { server, jobs } = await start();
  const outcomes: string[] = [];
  for (const answer of answers) {
    server.script = answer;
    const reporting = jobs.report(job, detail, signal);
    outcomes.push(await reporting.then(() => 'done').catch(codeOf));
  }
  return outcomes;
}

function codeOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  throw error;
}

describe('a result', () => {
  test('is done when the server has it', async () => {
    expect(await reportAgainst(saved)).toEqual(['done']);
  });

  test('is done when the answer to an earlier post was lost and it is "not running" any more', async () => {
    expect(await reportAgainst(broken, notRunning)).toEqual(['SERVER_UNREACHABLE', 'done']);
  });

  test('is not given up when the first post finds it "not running": the ack may not have been read', async () => {
    expect(await reportAgainst(notRunning, notRunning, saved)).toEqual([
      'SERVER_REFUSED',
      'SERVER_REFUSED',
      'done',
    ]);
  });

  test('is given up when that stays so', async () => {
    expect(await reportAgainst(notRunning, notRunning, notRunning)).toEqual([
      'SERVER_REFUSED',
      'SERVER_REFUSED',
      'done',
    ]);
  });

  test('counts anew for the next job of that name', async () => {
    expect(await reportAgainst(broken, notRunning, notRunning)).toEqual([
      'SERVER_UNREACHABLE',
      'done',
      'SERVER_REFUSED',
    ]);
  });
});

test('the denials are worth another try', async () => {
  const { server, jobs } = await start();
  server.script = notRunning;
  await expect(jobs.report(job, detail, signal)).rejects.toMatchObject({ retryable: true });
});

test('phases go to whoever announces them', async () => {
  const { jobs, announced } = await start();
  jobs.announcePhase('a', 'running');
  expect(announced).toEqual(['a running']);
});

test('archives come from the server', async () => {
  const { server, jobs } = await start();
  server.script = (_, response) => reply(response, 404, {});
  const fetching = jobs.fetchArchive({ jobID: 'a', executor: 'sh', filename: 'a.sh' }, 'unused', signal);
  await expect(fetching).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
});

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createUnits, type AgentUnits } from '../../../../src/agent/compose/units.ts';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import { createJobPipeline } from '../../../../src/agent/jobs/job-pipeline.ts';
import { ServerClient } from '../../../../src/agent/remote/server-client.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { runLoops } from '../../../../src/lib/loops.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import type { UnitState } from '../../../../src/protocol/schemas/desired.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import type { TaskOrigin } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { RecordingJobServer } from '../../../support/recording-job-server.ts';
import { sampleTask } from '../../../support/sample-task.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { zipOf } from '../../../support/zip.ts';

const onEnd = useCleanup();

interface Endpoint {
  readonly units: AgentUnits;
  readonly server: RecordingJobServer;
  readonly announced: UnitState[];
  readonly stop: () => Promise<void>;
}

/** An agent's units and its jobs, wired as in the agent, with a server that nobody reaches. */
function startEndpoint(stateDir: string): Endpoint {
  const platform = currentPlatform();
  const config = { ...defaultConfig(platform), stateDir };
  const host = {
    ...{ platform, hostname: hostname(), arch: process.arch, pid: process.pid, environment: process.env },
    ...{ clock: systemClock, random: () => 0.01 },
  };
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  const server = new RecordingJobServer();
  const nobody = { key: '', cert: '', roots: '' };
  const announced: UnitState[] = [];
  const units = createUnits({
    ...{ config, agentID: 'agent-1', host, store, log: silentLogger },
    client: new ServerClient({
      serverUrl: 'https://127.0.0.1:9',
      userAgent: 'test',
      credentials: { proven: () => nobody },
    }),
    pipeline: () => pipeline,
    updater: () => ({ wake: () => undefined, versionNamed: () => undefined }),
    announce: (states) => announced.push(...states),
    announceAll: () => announced.push(...units.intake.states()),
  });
  const pipeline = createJobPipeline({
    ...{ ...host, journal: store.journal, log: silentLogger, policy: {} },
    // The real one asks the server for nothing when the whole archive is there.
    server: Object.assign(server, { fetchArchive: async () => await Promise.resolve() }),
    workDir: join(stateDir, 'jobs'),
    keptArchive: (sha256) => units.keptArchive(sha256),
    onEnded: () => units.jobEnded(),
  });
  const halt = new AbortController();
  const running = runLoops(halt.signal, { ...pipeline.loops, ...units.loops });
  const stop = async (): Promise<void> => {
    if (halt.signal.aborted) return;
    halt.abort(new Stopped('shutdown'));
    await running;
    store.close();
  };
  onEnd(stop);
  return { units, server, announced, stop };
}

async function keepArchive(
  stateDir: string,
  content: Record<string, string>,
): Promise<{ sha256: string; size: number }> {
  const bytes = await zipOf(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(join(stateDir, 'archives'), { recursive: true });
  writeFileSync(join(stateDir, 'archives', sha256), bytes);
  return { sha256, size: bytes.length };
}

test('tasks run while the server is away, also after a restart, and go without a trace', async () => {
  const stateDir = makeTempDir(onEnd);
  const tracePath = join(makeTempDir(onEnd), 'trace');
  const archive = await keepArchive(stateDir, { 'trace.mjs': TRACE });
  const task = sampleTask(
    { everySeconds: 1 },
    { executor: 'node', filename: 'trace.mjs', argv: [tracePath], archive },
  );
  const first = startEndpoint(stateDir);
  const applied = await first.units.intake.take({ revision: 7, tasks: [task], services: [] });
  expect(applied).toEqual({ kind: 'applied', revision: 7, problems: [] });
  await waitFor(() => runsIn(tracePath) >= 2, { what: 'two runs', timeoutMs: 20_000 });
  await first.stop();
  const origins = first.server.reports.map(({ detail }) => detail.origin as TaskOrigin);
  expect(origins.map(({ task }) => task)).toContain('cleanup');
  expect(origins.map(({ dueAt }) => dueAt)).toEqual(origins.map(({ dueAt }) => dueAt).sort());
  expect(first.announced.map(({ state }) => state)).toContain('running');

  const second = startEndpoint(stateDir);
  expect(second.units.revision()).toBe(7);
  const before = runsIn(tracePath);
  await waitFor(() => runsIn(tracePath) > before, { what: 'a run after the restart', timeoutMs: 20_000 });
  await second.units.intake.take({ revision: 8, tasks: [], services: [] });
  const left = (): string[] => ['archives', 'jobs'].flatMap((dir) => readdirSync(join(stateDir, dir)));
  await waitFor(() => left().length === 0, { what: 'the folders to be empty' });
  expect(second.units.intake.states()).toEqual([]);
});

const TRACE = "import { appendFileSync } from 'node:fs'; appendFileSync(process.argv[2], 'run\\n');";

function runsIn(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

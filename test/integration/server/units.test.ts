import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { JobView } from '../../../src/protocol/schemas/admin/jobs.ts';
import type { UnitView } from '../../../src/protocol/schemas/admin/units.ts';
import { AgentInProcess } from '../../support/agent-in-process.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { isAlive } from '../../support/fixture-program.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { useTestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { zipOf } from '../../support/zip.ts';

const onEnd = useCleanup();
const server = useTestServer();

interface Endpoint {
  readonly agent: AgentInProcess;
  readonly agentID: string;
}

async function startEndpoint(group: string): Promise<Endpoint> {
  const agent = new AgentInProcess(onEnd);
  const { agentID } = await agent.enroll({ token: await server().joinToken() });
  agent.start();
  await server().admin('POST', '/admin/groups', { name: group });
  await server().admin('PATCH', `/admin/agents/${agentID}`, { group });
  return { agent, agentID };
}

async function assign(filename: string, group: string): Promise<void> {
  await server().admin('POST', '/admin/assignments', { filename, group });
}

async function unassign(filename: string, group: string): Promise<void> {
  await server().admin('DELETE', '/admin/assignments', { filename, group });
}

async function updateArchive(filename: string, script: string): Promise<void> {
  const form = new FormData();
  form.append('filename', filename);
  form.append('file', new Blob([new Uint8Array(await zipOf({ [filename]: script }))]), filename);
  const token = await server().token();
  const { status } = await server().client.call('PATCH', '/admin/library', { token, form });
  expect(status).toBe(200);
}

async function units({ agentID }: Endpoint): Promise<UnitView[]> {
  const reply = await server().admin('GET', `/admin/units?agentID=${agentID}`);
  return (reply as { units: UnitView[] }).units;
}

async function untilUnit(
  endpoint: Endpoint,
  name: string,
  isSo: (unit: UnitView) => boolean,
): Promise<UnitView> {
  let last: UnitView | undefined;
  const probe = async (): Promise<UnitView | undefined> => {
    last = (await units(endpoint)).find((unit) => unit.name === name);
    return last !== undefined && isSo(last) ? last : undefined;
  };
  try {
    return await waitFor(probe, { what: `unit "${name}"` });
  } catch (cause) {
    throw new Error(`It is ${JSON.stringify(last)}`, { cause });
  }
}

testOnPosix(
  'a task and a service that are assigned to a group run on its agents, until they are not any more',
  async () => {
    const traces = makeTempDir(onEnd);
    const endpoint = await startEndpoint('web');
    await server().addToLibrary(
      'ticks.sh',
      { 'ticks.sh': `echo tick >> ${traces}/ticks; echo done` },
      { unit: { kind: 'task', name: 'ticks', schedule: { everySeconds: 1 } } },
    );
    await server().addToLibrary(
      'serves.sh',
      { 'serves.sh': `echo one >> ${traces}/starts; exec sleep 600` },
      { unit: { kind: 'service', name: 'serves' } },
    );
    await assign('ticks.sh', 'web');
    await assign('serves.sh', 'web');

    const { pid = 0 } = await untilUnit(endpoint, 'serves', ({ state }) => state === 'running');
    expect(isAlive(pid)).toBe(true);
    await untilUnit(endpoint, 'ticks', ({ lastOutcome }) => lastOutcome === 'succeeded');
    expect(readFileSync(join(traces, 'ticks'), 'utf8')).toContain('tick');
    const job = await waitFor(() => taskRun(endpoint), { what: 'the run in the history' });
    expect(job).toMatchObject({
      filename: 'ticks.sh',
      state: 'finished',
      outcome: 'succeeded',
      source: 'task',
    });

    await updateArchive('serves.sh', `echo two >> ${traces}/starts; exec sleep 600`);
    const second = await untilUnit(
      endpoint,
      'serves',
      (unit) => unit.state === 'running' && unit.pid !== pid,
    );
    await waitFor(() => !isAlive(pid), { what: 'the end of the older version' });
    expect(readFileSync(join(traces, 'starts'), 'utf8')).toBe('one\ntwo\n');

    await endpoint.agent.stop();
    await unassign('ticks.sh', 'web');
    await unassign('serves.sh', 'web');
    endpoint.agent.start();
    await waitFor(() => !isAlive(second.pid ?? 0), { what: 'the end of the service' });
    await waitFor(async () => (await units(endpoint)).length === 0, { what: 'no units' });
    await waitFor(() => leftOf(endpoint).length === 0, { what: 'nothing on disk' });
  },
);

async function taskRun({ agentID }: Endpoint): Promise<JobView | undefined> {
  const reply = await server().admin('GET', `/admin/jobs?agentID=${agentID}&state=finished`);
  return (reply as { jobs: JobView[] }).jobs[0];
}

/** Folders of services and kept archives. */
function leftOf({ agent }: Endpoint): string[] {
  const { stateDir } = agent.config;
  return ['services', 'archives'].flatMap((name) => {
    const dir = join(stateDir, name);
    return existsSync(dir) ? readdirSync(dir) : [];
  });
}

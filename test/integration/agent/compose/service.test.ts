import { expect, test } from '@jest/globals';
import { runService, type RunServiceOptions } from '../../../../src/agent/compose/service.ts';
import { Stopped, type StopReason } from '../../../../src/lib/stopped.ts';
import type { SupervisorNews } from '../../../../src/platform/service/supervisor.ts';
import { AgentInProcess } from '../../../support/agent-in-process.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();

interface RunningService {
  /** What its supervisor hears. */
  readonly heard: SupervisorNews[];
  readonly stop: (why?: StopReason) => Promise<void>;
}

function startService(
  { config, host }: Pick<AgentInProcess, 'config' | 'host'>,
  findOrder: RunServiceOptions['findOrder'] = () => Promise.resolve(undefined),
): RunningService {
  const heard: SupervisorNews[] = [];
  const stopping = new AbortController();
  const running = runService(config, {
    ...{ host, flags: {} },
    stop: stopping.signal,
    supervisor: { tell: (news) => heard.push(news) },
    findOrder,
  });
  running.catch(() => undefined); // whoever stops it gets to see it
  const stop: RunningService['stop'] = async (why = 'shutdown') => {
    stopping.abort(new Stopped(why));
    await running;
  };
  onEnd(() => stop());
  return { heard, stop };
}

test('an endpoint that has not been enrolled waits, and ends when it is asked to', async () => {
  const { heard, stop } = startService(new AgentInProcess(onEnd));
  await waitFor(() => heard.length > 0, { what: 'the service to be up' });
  await stop();
  expect(heard).toEqual(['unenrolled']);
});

test('what it writes while it waits is nobody else’s to read', async () => {
  const { config, host } = new AgentInProcess(onEnd);
  const made: string[] = [];
  const makePrivateDir = (dir: string): void => {
    made.push(dir);
    host.platform.makePrivateDir(dir);
  };
  const platform = { ...host.platform, makePrivateDir };
  const { heard, stop } = startService({ config, host: { ...host, platform } });
  await waitFor(() => heard.length > 0, { what: 'the service to be up' });
  await stop();
  expect(made[0]).toBe(config.stateDir);
});

test('told how to join, it does, runs, and tells whoever started it how it goes', async () => {
  const agent = new AgentInProcess(onEnd);
  const token = await server().joinToken();
  const { heard, stop } = startService(agent, () => Promise.resolve({ token }));
  await waitFor(() => agent.status.state === 'connected', { what: 'the agent to connect' });
  await stop();
  expect(heard).toEqual(['unenrolled', 'running', 'draining', 'stopping']);
});

test('one that has been enrolled runs at once, and nobody is asked how to join', async () => {
  const agent = new AgentInProcess(onEnd);
  await agent.enroll({ token: await server().joinToken() });
  const { heard, stop } = startService(agent, () => Promise.reject(new Error('Nobody is to be asked')));
  await waitFor(() => heard.length > 0, { what: 'the agent to run' });
  await stop();
  expect(heard).toEqual(['running', 'draining', 'stopping']);
});

test('making room for another version is no stop: that one may go on in the same process', async () => {
  const agent = new AgentInProcess(onEnd);
  await agent.enroll({ token: await server().joinToken() });
  const { heard, stop } = startService(agent);
  await waitFor(() => heard.length > 0, { what: 'the agent to run' });
  await stop('update');
  expect(heard).toEqual(['running', 'draining']);
});

test('what goes wrong before there is an identity ends it, so that its manager sees it', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('No registry'));
  const agent = new AgentInProcess(onEnd);
  const { config, host } = agent;
  const stop = new AbortController().signal;
  await expect(runService(config, { host, flags: {}, stop, findOrder: failing })).rejects.toThrow(
    'No registry',
  );
});

import { hostname } from 'node:os';
import type { AgentConfig } from '../agent/config/schema.ts';
import type { AgentHost } from '../agent/host.ts';
import { commanderAgent } from '../cli/commander-agent.ts';
import { systemConsole } from '../cli/console.ts';
import { runProgram } from '../cli/program.ts';
import { systemClock } from '../lib/clock.ts';
import { EXIT } from '../lib/exit-codes.ts';
import { self } from '../lib/self.ts';
import { Stopped } from '../lib/stopped.ts';
import type { AgentLink } from '../platform/agent-link.ts';
import { currentPlatform, currentSupervisor } from '../platform/select.ts';
import type { EndpointActions, SettingFlags } from '../protocol/endpoint.ts';
import { HandOver } from './hand-over.ts';
import { serviceActions } from './service-actions.ts';

/** First of all, so that nothing that is started from here sees what it takes out of the environment. */
const handOver = new HandOver(process);

/** Each command loads what it needs and no more: a packed agent starts faster and stays smaller for it. */
const actions: EndpointActions = {
  enroll: async (flags, order) => {
    const { enrollAgent } = await import('../agent/compose/enroll.ts');
    return await enrollAgent(await configOf(flags), order, {
      host: findHost(),
      signal: new AbortController().signal,
    });
  },
  run: async (flags) => {
    const signals = stopSignals(); // first: until then a signal ends the process, which looks like a crash
    const config = await configOf(flags);
    const { stderr } = process;
    const ownLink = { ...signals, supervisor: await currentSupervisor() };
    const exitCode = await handOver.around(config, ownLink, async (link) => {
      const { runAgent } = await import('../agent/compose/agent.ts');
      const terminal = stderr.isTTY ? { terminal: stderr } : {};
      await runAgent(config, { host: findHost(), flags, ...link, ...terminal });
    });
    if (exitCode !== EXIT.ok) process.exit(exitCode);
  },
  status: async (flags) => {
    const { readStatus } = await import('../agent/compose/status.ts');
    return readStatus(await handOver.toLook(await configOf(flags)), findHost());
  },
  schedule: async (flags) => {
    const { readSchedule } = await import('../agent/compose/schedule.ts');
    return await readSchedule(await handOver.toLook(await configOf(flags)), findHost());
  },
  services: async (flags) => {
    const { readServices } = await import('../agent/compose/services.ts');
    return readServices(await handOver.toLook(await configOf(flags)), systemClock.now());
  },
  serviceLog: async function* (flags, order) {
    const { readServiceLog } = await import('../agent/compose/services.ts');
    yield* readServiceLog(await handOver.toLook(await configOf(flags)), order, findHost());
  },
  restartService: async (flags, service) => {
    const { restartService } = await import('../agent/compose/services.ts');
    return await restartService(await handOver.toLook(await configOf(flags)), service, findHost());
  },
  update: async (flags) => {
    const { readUpdate } = await import('../agent/compose/version.ts');
    return readUpdate(await handOver.toLook(await configOf(flags)));
  },
  orderUpdate: async (flags, order) => {
    const { orderUpdate } = await import('../agent/compose/version.ts');
    return await orderUpdate(await handOver.toLook(await configOf(flags)), order, findHost());
  },
  service: serviceActions({ configOf, findHost, stopSignals, handOver }),
};

const { argv } = self();

void main().then((code) => {
  process.exitCode = code;
});

async function main(): Promise<number> {
  const console = systemConsole(process);
  if (argv[0] !== 'internal')
    return await runProgram(commanderAgent({ actions, clock: systemClock }), argv, console);
  const { runInternal } = await import('./internal.ts');
  return await runInternal(argv.slice(1));
}

async function configOf(flags: SettingFlags): Promise<AgentConfig> {
  const { loadConfig } = await import('../agent/config/load-config.ts');
  return loadConfig({ flags, environment: process.env, platform: currentPlatform() });
}

function findHost(): AgentHost {
  const { arch, pid, env: environment } = process;
  return {
    ...{ hostname: hostname(), arch, pid, environment },
    platform: currentPlatform(),
    clock: systemClock,
    random: Math.random,
  };
}

/**
 * The first signal asks, the next ones do not wait. SIGHUP asks to make room for a new version, when no job runs any more. An agent with a
 * keeper goes by what that says: Ctrl-C reaches them both.
 */
function stopSignals(): AgentLink {
  const [stop, stopNow] = [new AbortController(), new AbortController()];
  process.on('SIGHUP', () => stop.abort(new Stopped('update')));
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => (stop.signal.aborted ? stopNow : stop).abort(new Stopped('shutdown')));
  }
  return { stop: stop.signal, stopNow: stopNow.signal };
}

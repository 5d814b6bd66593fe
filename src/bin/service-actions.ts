import { join } from 'node:path';
import type { AgentConfig } from '../agent/config/schema.ts';
import type { AgentHost } from '../agent/host.ts';
import { systemClock } from '../lib/clock.ts';
import { EXIT } from '../lib/exit-codes.ts';
import { self } from '../lib/self.ts';
import type { AgentLink } from '../platform/agent-link.ts';
import {
  currentJoinPolicy,
  currentPlatform,
  currentServiceManager,
  workAsService,
} from '../platform/select.ts';
import type { ServiceManager } from '../platform/service/service-manager.ts';
import type { ServiceActions, SettingFlags } from '../protocol/endpoint.ts';
import type { HandOver } from './hand-over.ts';

export interface ServicePorts {
  readonly configOf: (flags: SettingFlags) => Promise<AgentConfig>;
  readonly findHost: () => AgentHost;
  readonly stopSignals: () => AgentLink;
  readonly handOver: Pick<HandOver, 'around' | 'isKept'>;
}

/** `commander-agent service …` */
export function serviceActions({ configOf, findHost, stopSignals, handOver }: ServicePorts): ServiceActions {
  return {
    install: async (flags) => {
      const { installService } = await import('../agent/service-control.ts');
      const { stateDir } = await configOf(flags);
      const manager = await currentServiceManager(self());
      return await installService({ manager, self: self(), flags, stateDir });
    },
    uninstall: async (flags, { purge }) => {
      const { uninstallService } = await import('../agent/service-control.ts');
      const { stateDir } = await configOf(flags);
      const manager = await managerWithServices(stateDir);
      return await uninstallService({ manager, platform: currentPlatform(), stateDir, purge });
    },
    start: async () => {
      const { startService } = await import('../agent/service-control.ts');
      return await startService(await currentServiceManager(self()));
    },
    stop: async (flags, order) => {
      const { stopService } = await import('../agent/service-control.ts');
      if (!order.withServices) return await stopService(await currentServiceManager(self()));
      const { stateDir } = await configOf(flags);
      return await stopService(await managerWithServices(stateDir));
    },
    status: async () => {
      const { reportService } = await import('../agent/service-control.ts');
      return await reportService(await currentServiceManager(self()));
    },
    run: async (flags) => {
      const ownLink = stopSignals(); // first: until then a signal ends the process, which looks like a crash
      const config = await configOf(flags);
      const work = async (given: Partial<AgentLink>): Promise<number> =>
        await handOver.around(config, { ...ownLink, ...given }, async (link) => {
          const { runService } = await import('../agent/compose/service.ts');
          const findOrder = async () => await currentJoinPolicy();
          await runService(config, { host: findHost(), flags, findOrder, ...link });
        });
      // Windows' service manager speaks to the process that it has started, and to no child of that.
      const exitCode = await (handOver.isKept
        ? work({})
        : workAsService(work, { self: self(), makeNativeDir: () => makeNativeDir(config) }));
      if (exitCode !== EXIT.ok) process.exit(exitCode);
    },
  };
}

async function managerWithServices(stateDir: string): Promise<Pick<ServiceManager, 'stop' | 'uninstall'>> {
  const { endServices, withServices } = await import('../agent/compose/endings.ts');
  const host = { platform: currentPlatform(), clock: systemClock };
  return withServices(await currentServiceManager(self()), async () => await endServices(stateDir, host));
}

function makeNativeDir({ stateDir }: AgentConfig): string {
  const dir = join(stateDir, 'native');
  for (const each of [stateDir, dir]) currentPlatform().makePrivateDir(each);
  return dir;
}

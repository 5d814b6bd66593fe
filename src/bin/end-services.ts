import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { servicesDirOf } from '../agent/compose-services.ts';
import type { AgentHost } from '../agent/host.ts';
import { serviceFolder } from '../agent/services/service-folder.ts';
import { ServiceRun } from '../agent/services/service-run.ts';
import { silentLogger } from '../lib/log.ts';
import type { ServiceAnswer, ServiceManager } from '../platform/service/service-manager.ts';
import { readAgentStore } from '../store/agent/read-agent-store.ts';

const DEFAULT_GRACE_SECONDS = 10;
/** How often a shepherd is looked for, should its file event be lost. */
const LIVENESS_MS = 1_000;

type Endings = Pick<ServiceManager, 'stop' | 'uninstall'>;

/** The same manager, but the services that a stopped agent leaves running are ended by `end` after it. */
export function withServices(manager: Endings, end: () => Promise<boolean>): Endings {
  async function afterwards(answer: ServiceAnswer): Promise<ServiceAnswer> {
    const ended = await end();
    return answer.kind === 'done' ? { ...answer, changed: answer.changed || ended } : answer;
  }
  return {
    stop: async () => await afterwards(await manager.stop()),
    uninstall: async () => await afterwards(await manager.uninstall()),
  };
}

/**
 * Ends the services that an agent has left running, each in the time that it may take. The next agent finds no trace of their
 * runs, and so counts none as a failure. False when there was nothing to end. @throws AppError STATE_CORRUPT
 */
export async function endServices(
  stateDir: string,
  { platform, clock }: Pick<AgentHost, 'platform' | 'clock'>,
): Promise<boolean> {
  const { services } = readAgentStore(stateDir);
  const graceSeconds = new Map(services.map(({ name, spec }) => [name, spec?.stopGraceSeconds]));
  const deps = { platform, clock, log: silentLogger, livenessMs: LIVENESS_MS };
  const runs = runsBelow(servicesDirOf({ stateDir }));
  await Promise.all(
    runs.map(async ({ name, dir }) => {
      const run = new ServiceRun(dir, deps);
      await run.stop((graceSeconds.get(name) ?? DEFAULT_GRACE_SECONDS) * 1000);
      await run.remove();
    }),
  );
  return runs.length > 0;
}

function runsBelow(servicesDir: string): { name: string; dir: string }[] {
  return namesIn(servicesDir).flatMap((name) => {
    const { runsDir } = serviceFolder(servicesDir, name);
    return namesIn(runsDir).map((runID) => ({ name, dir: join(runsDir, runID) }));
  });
}

function namesIn(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}

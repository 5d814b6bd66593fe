import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '../../lib/errors.ts';
import { silentLogger } from '../../lib/log.ts';
import type { ServiceAnswer, ServiceManager } from '../../platform/service/service-manager.ts';
import { readAgentStore } from '../../store/agent/read-agent-store.ts';
import { servicesDirOf } from './services.ts';
import type { AgentHost } from '../host.ts';
import { serviceFolder } from '../services/service-folder.ts';
import { ServiceRun } from '../services/service-run.ts';

/** For services of which nothing is known. */
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
 * runs, and so counts none as a failure. False when there was nothing to end.
 */
export async function endServices(
  stateDir: string,
  { platform, clock }: Pick<AgentHost, 'platform' | 'clock'>,
): Promise<boolean> {
  const graceSeconds = graceSecondsByName(stateDir);
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

/** What an agent left running has to end even when its memory cannot be read. */
function graceSecondsByName(stateDir: string): Map<string, number | undefined> {
  try {
    const { services } = readAgentStore(stateDir);
    return new Map(services.map(({ name, spec }) => [name, spec?.stopGraceSeconds]));
  } catch (error) {
    if (isAppError(error, 'STATE_CORRUPT')) return new Map();
    throw error;
  }
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

import { readdirSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../lib/errors.ts';
import type { Self } from '../lib/self.ts';
import type { Platform } from '../platform/platform.ts';
import type { Done, ServiceAnswer, ServiceManager } from '../platform/service/service-manager.ts';
import type { ServiceChange, ServiceReport, SettingFlags } from '../protocol/endpoint.ts';
import { DATABASE_NAME } from '../store/agent/agent-database.ts';
import { LOCK_NAME } from '../store/agent/open-agent-store.ts';
import { isInstanceLockHeld } from '../store/single-instance-lock.ts';

/** What an agent makes in its state folder. Names of files begin so: there are journals beside them, and what was set aside. */
const OWN_DIRS: readonly string[] = [
  ...['archives', 'identity', 'jobs', 'logs', 'native', 'requests', 'services'],
  ...['update-requests', 'versions'],
];
const OWN_FILES: readonly string[] = [DATABASE_NAME, LOCK_NAME];

export interface InstallOrder {
  readonly manager: Pick<ServiceManager, 'install'>;
  readonly self: Pick<Self, 'executablePath' | 'leadingArgs'>;
  /** Carried into the service, so that it is the agent that was meant. */
  readonly flags: SettingFlags;
  readonly stateDir: string;
}

/** @throws AppError UNSUPPORTED, ADMIN_REQUIRED, SERVICE_MANAGER_FAILED, USAGE */
export async function installService({
  manager,
  self,
  flags,
  stateDir,
}: InstallOrder): Promise<ServiceChange> {
  const program = [self.executablePath, ...self.leadingArgs];
  const { changed } = required(await manager.install({ program, options: optionsOf(flags), stateDir }));
  return { changed };
}

export interface UninstallOrder {
  readonly manager: Pick<ServiceManager, 'uninstall'>;
  readonly platform: Pick<Platform, 'defaultStateDir'>;
  readonly stateDir: string;
  /** Forgets the identity, the journal and the logs as well. */
  readonly purge: boolean;
}

/** @throws AppError UNSUPPORTED, ADMIN_REQUIRED, SERVICE_MANAGER_FAILED, AGENT_ALREADY_RUNNING */
export async function uninstallService(order: UninstallOrder): Promise<ServiceChange> {
  const { manager, platform, stateDir, purge } = order;
  const answer = await manager.uninstall();
  if (!purge) return { changed: required(answer).changed };
  const removed = removeState(stateDir);
  if (stateDir === platform.defaultStateDir()) removeIfEmpty(dirname(stateDir));
  const uninstalled = answer.kind === 'done' && answer.changed;
  return { changed: uninstalled || removed, ...(removed ? { removedDir: stateDir } : {}) };
}

/** @throws AppError UNSUPPORTED, ADMIN_REQUIRED, SERVICE_NOT_INSTALLED, SERVICE_MANAGER_FAILED */
export async function startService(manager: Pick<ServiceManager, 'start'>): Promise<ServiceChange> {
  const { changed } = required(await manager.start());
  return { changed };
}

/** @throws as `startService` */
export async function stopService(manager: Pick<ServiceManager, 'stop'>): Promise<ServiceChange> {
  const { changed } = required(await manager.stop());
  return { changed };
}

export async function reportService(manager: Pick<ServiceManager, 'status'>): Promise<ServiceReport> {
  const status = await manager.status();
  if (status.kind === 'unsupported')
    return { manager: 'none', state: 'not-installed', startsAtBoot: false, advice: status.advice };
  const { manager: name, state, startsAtBoot, pid } = status;
  return { manager: name, state, startsAtBoot, ...(pid === undefined ? {} : { pid }) };
}

function required(answer: ServiceAnswer): Done {
  if (answer.kind === 'done') return answer;
  throw new AppError('UNSUPPORTED', answer.advice);
}

/** A service starts in a folder of its manager's choice, so what was typed here would lead elsewhere from there. */
function optionsOf({ stateDir, config, logLevel }: SettingFlags): string[] {
  return [
    ...(stateDir === undefined ? [] : ['--state-dir', resolve(stateDir)]),
    ...(config === undefined ? [] : ['--config', resolve(config)]),
    ...(logLevel === undefined ? [] : ['--log-level', logLevel]),
  ];
}

/** Removes what an agent made and nothing else, for anything can be named as its folder. True when there was something. */
function removeState(stateDir: string): boolean {
  if (isInstanceLockHeld(join(stateDir, LOCK_NAME)))
    throw new AppError(
      'AGENT_ALREADY_RUNNING',
      `An agent is running on "${stateDir}"; stop it before its state is removed`,
    );
  const own = namesIn(stateDir).filter(isOwn);
  for (const name of own) rmSync(join(stateDir, name), { recursive: true, force: true });
  removeIfEmpty(stateDir);
  return own.length > 0;
}

function isOwn(name: string): boolean {
  return OWN_DIRS.includes(name) || OWN_FILES.some((file) => name.startsWith(file));
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return []; // not there, which is what is wanted
  }
}

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // Not there any more, or there is something in it that is not ours.
  }
}

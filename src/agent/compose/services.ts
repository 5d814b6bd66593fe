import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { RequestFiles } from '../../lib/request-files.ts';
import type { LogOrder, RestartAnswer } from '../../protocol/endpoint.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import { readAgentStore, type AgentStoreSummary } from '../../store/agent/read-agent-store.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { AgentHost } from '../host.ts';
import { describeService } from '../services/describe-service.ts';
import { followLog } from '../services/follow-log.ts';
import { newRecord } from '../services/kept-record.ts';
import { serviceFolder } from '../services/service-folder.ts';

/** For a running agent to take the request up. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 20;

export function servicesDirOf({ stateDir }: Pick<AgentConfig, 'stateDir'>): string {
  return join(stateDir, 'services');
}

export function restartRequests({ stateDir }: Pick<AgentConfig, 'stateDir'>): RequestFiles {
  return new RequestFiles(join(stateDir, 'requests'));
}

/** The services that the agent of this state folder keeps, whether it runs or not; changes nothing. @throws AppError STATE_CORRUPT */
export function readServices({ stateDir }: AgentConfig, now: number): UnitState[] {
  return describeServices(readAgentStore(stateDir), now);
}

/** Those that are to go are there until they have gone. */
export function describeServices({ desired, services }: AgentStoreSummary, now: number): UnitState[] {
  const wanted = new Map(desired?.services.map((spec) => [spec.name, spec]));
  const known = new Map(services.map((record) => [record.name, record]));
  const names = [...new Set([...wanted.keys(), ...known.keys()])];
  return names
    .map((name) => describeService(known.get(name) ?? newRecord(name, now), { wanted: wanted.get(name) }))
    .filter((state) => state !== undefined);
}

/**
 * A service's log, with what is written meanwhile if that is ordered, until the service is gone.
 * @throws AppError JOB_NOT_FOUND or STATE_CORRUPT
 */
export async function* readServiceLog(
  config: AgentConfig,
  { service, tailBytes, follow }: LogOrder,
  { clock }: Pick<AgentHost, 'clock'>,
): AsyncGenerator<string, void> {
  requireService(config, { service, now: clock.now() });
  const { dir, logPath } = serviceFolder(servicesDirOf(config), service);
  const { signal } = new AbortController();
  const follows = (): boolean => follow && existsSync(dir);
  yield* followLog(logPath, { tailBytes, follows, clock, signal });
}

/**
 * Has a service started anew, by the agent that runs or the next one that does.
 * @throws AppError JOB_NOT_FOUND or STATE_CORRUPT
 */
export async function restartService(
  config: AgentConfig,
  service: string,
  { clock }: { readonly clock: Clock },
): Promise<RestartAnswer> {
  requireService(config, { service, now: clock.now() });
  const requests = restartRequests(config);
  requests.ask(service);
  if (!readAgentStore(config.stateDir).running) return { service, isTaken: false };
  const deadline = clock.monotonic() + PATIENCE_MS;
  while (!requests.isTaken(service) && clock.monotonic() < deadline) await clock.sleep(LOOK_MS);
  return { service, isTaken: requests.isTaken(service) };
}

function requireService(config: AgentConfig, { service, now }: { service: string; now: number }): void {
  const names = readServices(config, now).map(({ name }) => name);
  if (!names.includes(service)) throw unknownService(service, names);
}

function unknownService(service: string, names: readonly string[]): AppError {
  const known = names.map((name) => `"${name}"`).join(', ');
  const others = known === '' ? 'no services are assigned' : `there are ${known}`;
  return new AppError('JOB_NOT_FOUND', `There is no service "${service}" on this endpoint; ${others}`);
}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceDeps } from '../../src/agent/services/service-options.ts';
import { DEFAULT_SERVICE_TIMING, ServiceSupervisor } from '../../src/agent/services/supervisor.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/lib/archive/archive.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { AppError } from '../../src/lib/errors.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { currentPlatform } from '../../src/platform/select.ts';
import type { ServiceSpec, UnitState } from '../../src/protocol/schemas/desired.ts';
import { openAgentStore } from '../../src/store/agent/open-agent-store.ts';
import type { Cleanup } from './cleanup.ts';
import { waitFor } from './wait-for.ts';
import { zipOf } from './zip.ts';

/** The archives of services in a folder, as if the agent had fetched them. */
export class ArchiveFolder {
  readonly #dir: string;
  /** What the next calls come to before they go well again. */
  readonly failures: AppError[] = [];

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  /** A service that runs `script`, with node unless it says otherwise. */
  async spec(name: string, script: string, more: Partial<ServiceSpec> = {}): Promise<ServiceSpec> {
    const zip = await zipOf({ 'run.cjs': script });
    const sha256 = createHash('sha256').update(zip).digest('hex');
    writeFileSync(join(this.#dir, sha256), zip);
    const archive = { sha256, size: zip.length };
    return { name, executor: 'node', filename: 'run.cjs', archive, ...SETTLES_AT_ONCE, ...more };
  }

  ensure({ sha256 }: { readonly sha256: string }): Promise<string> {
    const failure = this.failures.shift();
    return failure === undefined ? Promise.resolve(join(this.#dir, sha256)) : Promise.reject(failure);
  }
}

const SETTLES_AT_ONCE = { probe: { kind: 'process', startupSeconds: 0 }, stopGraceSeconds: 1 } as const;

export interface Supervised {
  readonly supervisor: ServiceSupervisor;
  readonly servicesDir: string;
  /** Every state that was announced, in order. */
  readonly announced: readonly UnitState[];
  is(name: string, state: string, also?: (unit: UnitState) => boolean): Promise<UnitState>;
  isGone(name: string): Promise<unknown>;
  /** As at an orderly end of the agent: services go on. */
  stop(): Promise<void>;
  /** With all its services. */
  end(): Promise<void>;
}

/** A supervisor at work on `stateDir`, with the store of a real agent; it ends with the test and its services with it. */
export function supervise(
  onEnd: (cleanup: Cleanup) => void,
  stateDir: string,
  { archives, ...more }: Partial<ServiceDeps> & Pick<ServiceDeps, 'archives'>,
): Supervised {
  const clock = more.clock ?? systemClock;
  const store = openAgentStore(stateDir, { clock, log: silentLogger });
  const servicesDir = join(stateDir, 'services');
  const supervisor = new ServiceSupervisor({
    ...{ store: store.services, archives, clock, servicesDir, log: silentLogger },
    platform: currentPlatform(),
    random: Math.random,
    environment: process.env,
    archiveLimits: DEFAULT_ARCHIVE_LIMITS,
    ...more,
    timing: { ...DEFAULT_SERVICE_TIMING, backoffBaseMs: 20, startupProbeMs: 50, ...more.timing },
  });
  const announced: UnitState[] = [];
  supervisor.onChange((state) => announced.push(state));
  const halt = new AbortController();
  const loop = supervisor.loop(halt.signal).catch(() => undefined);
  let isOpen = true;
  const find = (name: string): UnitState | undefined =>
    supervisor.states().find((unit) => unit.name === name);
  const isGone = async (name: string): Promise<unknown> =>
    await waitFor(() => find(name) === undefined, { what: `"${name}" to be gone` });
  const stop = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    halt.abort();
    await loop;
    store.close();
  };
  const end = async (): Promise<void> => {
    if (!isOpen) return;
    supervisor.desiredChanged([]);
    const isEmpty = (): boolean => !existsSync(servicesDir) || readdirSync(servicesDir).length === 0;
    await waitFor(() => isEmpty() && supervisor.states().length === 0, { what: 'all services to be gone' });
    await stop();
  };
  onEnd(end);
  return {
    ...{ supervisor, servicesDir, announced, isGone, stop, end },
    is: async (name, state, also = () => true) => {
      const found = (): UnitState | undefined => {
        const unit = find(name);
        return unit?.state === state && also(unit) ? unit : undefined;
      };
      return await waitFor(found, { what: `"${name}" to be ${state}: ${JSON.stringify(find(name))}` });
    },
  };
}

import type { ArchiveLimits } from '../../lib/archive/archive-types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ServiceStore } from '../../store/agent/service-store.ts';
import type { ArchiveCache } from '../desired/archive-cache.ts';

export interface ServiceDeps {
  readonly store: ServiceStore;
  readonly archives: ArchiveCache;
  readonly platform: Platform;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Absolute; each service gets a folder in it, of its own name. */
  readonly servicesDir: string;
  /** The agent's own environment, of which programs get the essential part. */
  readonly environment: NodeJS.ProcessEnv;
  /** Executors that the owner of this endpoint lets any server use; undefined allows every one. */
  readonly allowedExecutors?: readonly string[] | undefined;
  readonly archiveLimits: ArchiveLimits;
  readonly timing: ServiceTiming;
}

export interface ServiceTiming {
  /** Between restarts: doubled from the one up to the other, with jitter. */
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  /** A run that lasted so long was no failure to start: the next wait is a short one again. */
  readonly soundRunMs: number;
  /** The safety net below file events: how often a shepherd is looked for. */
  readonly livenessMs: number;
  /** Between two probes until the first good answer; then the probe's own interval holds. */
  readonly startupProbeMs: number;
}

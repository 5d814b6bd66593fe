import type { Clock } from '../../lib/clock.ts';
import type { Probe } from '../../protocol/schemas/desired.ts';

const DEFAULT_INTERVAL_SECONDS = 10;
const DEFAULT_FAILURES = 3;
/** For a service to open its port and the like. */
const DEFAULT_STARTUP_SECONDS = 30;
/** A program without a probe counts as healthy when it has lived so long: what is wrong with a program shows at once. */
const DEFAULT_SETTLE_SECONDS = 2;

export interface HealthOptions {
  readonly probe: Probe | undefined;
  /** How long it has been running by now. */
  readonly upMs: number;
  readonly wasHealthy: boolean;
  /** Asks once: undefined, or what is wrong. */
  readonly ask: (probe: Probe) => Promise<string | undefined>;
  /** Called once, unless it was healthy before. */
  readonly onHealthy: () => void;
  readonly startupProbeMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves with what is wrong when the service has fallen ill; with undefined when only its end can tell. */
export async function watchHealth(options: HealthOptions): Promise<string | undefined> {
  const { probe } = options;
  if (probe !== undefined && probe.kind !== 'process') return await keepAsking(probe, options);
  const settleMs = (probe?.startupSeconds ?? DEFAULT_SETTLE_SECONDS) * 1000;
  if (options.wasHealthy) return undefined;
  await options.clock.sleep(Math.max(0, settleMs - options.upMs), options.signal);
  options.onHealthy();
  return undefined;
}

async function keepAsking(probe: Probe, options: HealthOptions): Promise<string> {
  const { clock, signal, onHealthy, startupProbeMs } = options;
  const intervalMs = (probe.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * 1000;
  const startupEndsAt =
    clock.monotonic() + (probe.startupSeconds ?? DEFAULT_STARTUP_SECONDS) * 1000 - options.upMs;
  let isHealthy = options.wasHealthy;
  for (let [good, bad] = [0, 0]; ;) {
    const problem = await options.ask(probe);
    if (problem === undefined) [good, bad] = [good + 1, 0];
    else [good, bad] = [0, isHealthy || clock.monotonic() >= startupEndsAt ? bad + 1 : 0];
    if (!isHealthy && good >= (probe.successThreshold ?? 1)) {
      isHealthy = true;
      onHealthy();
    }
    if (bad >= (probe.failureThreshold ?? DEFAULT_FAILURES)) return `its probe says: ${problem ?? ''}`;
    await clock.sleep(isHealthy ? intervalMs : Math.min(intervalMs, startupProbeMs), signal);
  }
}

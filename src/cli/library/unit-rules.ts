import { defined } from '../../lib/defined.ts';
import { AppError } from '../../lib/errors.ts';
import type { UnitRules } from '../../protocol/library-unit.ts';
import type { Schedule } from '../../protocol/schemas/desired.ts';
import type { ServiceFlags, TaskFlags, UnitFlags } from './unit-options.ts';

const TASK_FLAGS = {
  cron: '--cron',
  every: '--every',
  at: '--at',
  timeZone: '--time-zone',
  splay: '--splay',
  missed: '--missed',
  overlap: '--overlap',
  retries: '--retries',
  retryBackoff: '--retry-backoff',
} as const satisfies Record<keyof TaskFlags, string>;

const SERVICE_FLAGS = {
  restart: '--restart',
  restartLimit: '--restart-limit',
  stopGrace: '--stop-grace',
  probe: '--probe',
  probeInterval: '--probe-interval',
  probeTimeout: '--probe-timeout',
  probeFailures: '--probe-failures',
  startup: '--startup',
  dependsOn: '--depends-on',
  logSize: '--log-size',
  logFiles: '--log-files',
} as const satisfies Record<keyof ServiceFlags, string>;

const DEFAULT_RETRY_BACKOFF_SECONDS = 60;
/** What an endpoint keeps of a service's log when nothing is said. */
const DEFAULT_LOG = { maxBytes: 10 * 1024 ** 2, files: 5 };

/** Whether anything is said of a task or a service. */
export function sayRules(flags: UnitFlags): boolean {
  return ['name', ...Object.keys({ ...TASK_FLAGS, ...SERVICE_FLAGS })].some((key) =>
    Object.hasOwn(flags, key),
  );
}

/**
 * `before` (a manifest, or what the library has) with what the command line says instead.
 * @throws AppError USAGE for flags that do not go together, MANIFEST_INVALID when the kind is not the manifest's
 */
export function overlayRules(before: UnitRules, flags: UnitFlags, argv: readonly string[] = []): UnitRules {
  const kind = kindOf(before, flags);
  if (kind !== 'task') refuseForeign(TASK_FLAGS, flags, { theirs: 'task', ours: kind });
  if (kind !== 'service') refuseForeign(SERVICE_FLAGS, flags, { theirs: 'service', ours: kind });
  if (kind === 'job') {
    if (flags.name !== undefined) throw usage('"--name" is for tasks and services; say which with --kind');
    if (argv.length > 0) throw usage('A job gets its arguments with each "commander jobs assign"');
    return { kind };
  }
  const common = defined({ name: flags.name, argv: argv.length === 0 ? undefined : [...argv] });
  return kind === 'task'
    ? { ...before, kind, ...common, schedule: scheduleOf(before.schedule, flags) }
    : { ...before, kind, ...common, ...serviceRulesOf(before, flags) };
}

function kindOf(before: UnitRules, { kind }: UnitFlags): NonNullable<UnitRules['kind']> {
  if (kind !== undefined && before.kind !== undefined && kind !== before.kind) {
    throw new AppError(
      'MANIFEST_INVALID',
      `manifest.json says kind "${before.kind}", but --kind says "${kind}"; make the two agree`,
    );
  }
  return kind ?? before.kind ?? 'job';
}

function refuseForeign(
  names: Readonly<Record<string, string>>,
  flags: UnitFlags,
  { theirs, ours }: { theirs: string; ours: string },
): void {
  const flag = Object.entries(names).find(([key]) => Object.hasOwn(flags, key))?.[1];
  if (flag === undefined) return;
  const hint = ours === 'job' ? `; if this is one, say "--kind ${theirs}" too` : `, and this is a ${ours}`;
  throw usage(`"${flag}" is for ${theirs}s${hint}`);
}

function scheduleOf(before: Schedule = {}, flags: TaskFlags): Schedule {
  const { cron, every, at, timeZone, splay, missed, overlap } = flags;
  const rules = [cron, every, at].filter((rule) => rule !== undefined);
  if (rules.length > 1) throw usage('Give only one of --cron, --every and --at');
  const schedule = {
    ...(rules.length === 0 ? before : withoutRule(before)),
    ...defined({ cron, everySeconds: every, at, timeZone, splaySeconds: splay, missed, overlap }),
    ...retriesOf(before, flags),
  };
  if (schedule.cron ?? schedule.everySeconds ?? schedule.at) return schedule;
  throw usage('A task needs a schedule: give one of --cron, --every and --at');
}

function withoutRule({ splaySeconds, missed, overlap, retries }: Schedule): Schedule {
  return defined({ splaySeconds, missed, overlap, retries });
}

function retriesOf(before: Schedule, { retries, retryBackoff }: TaskFlags): Pick<Schedule, 'retries'> {
  if (retries === undefined && retryBackoff === undefined) return {};
  const limit = retries ?? before.retries?.limit;
  if (limit === undefined) throw usage('"--retry-backoff" needs "--retries"');
  const backoffSeconds = retryBackoff ?? before.retries?.backoffSeconds ?? DEFAULT_RETRY_BACKOFF_SECONDS;
  return { retries: { limit, backoffSeconds } };
}

function serviceRulesOf(before: UnitRules, flags: ServiceFlags): UnitRules {
  const { restart, restartLimit, stopGrace, dependsOn, logSize, logFiles } = flags;
  const { maxBytes, files } = before.log ?? DEFAULT_LOG;
  const hasLog = logSize !== undefined || logFiles !== undefined;
  return {
    ...probeOf(before, flags),
    ...defined({
      restart,
      restartBudget: restartLimit,
      stopGraceSeconds: stopGrace,
      dependsOn,
      log: hasLog ? { maxBytes: logSize ?? maxBytes, files: logFiles ?? files } : undefined,
    }),
  };
}

/** Another probe has times of its own. */
function probeOf(before: UnitRules, flags: ServiceFlags): UnitRules {
  const times = defined({
    intervalSeconds: flags.probeInterval,
    timeoutSeconds: flags.probeTimeout,
    failureThreshold: flags.probeFailures,
    startupSeconds: flags.startup,
  });
  const probe = flags.probe ?? before.probe;
  if (probe !== undefined) return { probe: { ...probe, ...times } };
  if (Object.keys(times).length === 0) return {};
  throw usage('There is no probe to set times of; give one with --probe');
}

function usage(message: string): AppError {
  return new AppError('USAGE', message);
}

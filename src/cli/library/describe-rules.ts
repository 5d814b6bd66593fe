import type { LibraryUnit } from '../../protocol/schemas/admin/library.ts';
import type { Probe, Schedule } from '../../protocol/schemas/desired.ts';
import { formatSize } from '../format/size.ts';
import { localTime } from '../format/time.ts';

/** What kind of thing it is, and the rules of a task or a service, for people; without those that are left to the endpoint. */
export function describeRules(unit: LibraryUnit | undefined): Record<string, string | undefined> {
  if (unit === undefined) return { Kind: 'job' };
  const { kind, name, argv = [] } = unit;
  const common = {
    Kind: kind,
    Name: name,
    Arguments: argv.length === 0 ? undefined : argv.map((arg) => JSON.stringify(arg)).join(' '),
  };
  return unit.kind === 'task'
    ? { ...common, ...scheduleFields(unit.schedule) }
    : { ...common, ...serviceFields(unit) };
}

/** `every 15 min`, `30 2 * * * (Europe/Berlin)`, `once at 2026-12-24 18:00:00`. */
export function describeSchedule({ cron, everySeconds, at, timeZone }: Schedule): string {
  if (everySeconds !== undefined) return `every ${seconds(everySeconds)}`;
  if (at !== undefined) return `once at ${localTime(at)}`;
  return timeZone === undefined ? (cron ?? '') : `${cron ?? ''} (${timeZone})`;
}

function scheduleFields(schedule: Schedule): Record<string, string | undefined> {
  const { splaySeconds, missed, overlap, retries } = schedule;
  return {
    Due: describeSchedule(schedule),
    Splay: splaySeconds === undefined ? undefined : `up to ${seconds(splaySeconds)}`,
    Missed: missed,
    Overlap: overlap,
    Retries: retries && `${retries.limit}, after ${seconds(retries.backoffSeconds)}`,
  };
}

function serviceFields(
  service: Extract<LibraryUnit, { kind: 'service' }>,
): Record<string, string | undefined> {
  const { restart, restartBudget, stopGraceSeconds, probe, dependsOn = [], log } = service;
  return {
    Restart: restart,
    'Restart limit': restartBudget && `${restartBudget.limit} within ${seconds(restartBudget.windowSeconds)}`,
    'Stop grace': stopGraceSeconds === undefined ? undefined : seconds(stopGraceSeconds),
    Probe: probe && describeProbe(probe),
    'Depends on': dependsOn.length === 0 ? undefined : dependsOn.join(', '),
    Log: log && `${log.files} files of ${formatSize(log.maxBytes)}`,
  };
}

function describeProbe({ kind, port, path = '', command = [], ...times }: Probe): string {
  const what = {
    process: '',
    tcp: `:${port ?? ''}`,
    http: `:${port ?? ''}${path}`,
    command: ` ${command.join(' ')}`,
  };
  const { intervalSeconds, timeoutSeconds, failureThreshold, startupSeconds } = times;
  const limits = [
    intervalSeconds === undefined ? undefined : `every ${seconds(intervalSeconds)}`,
    timeoutSeconds === undefined ? undefined : `answer within ${seconds(timeoutSeconds)}`,
    failureThreshold === undefined ? undefined : `${failureThreshold} failures`,
    startupSeconds === undefined ? undefined : `startup ${seconds(startupSeconds)}`,
  ];
  return [`${kind}${what[kind]}`, ...limits.filter((limit) => limit !== undefined)].join(', ');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** As people say it when they choose it: `15 min`, `90 s`. */
function seconds(amount: number): string {
  const [name, inSeconds] = UNITS.find(([, each]) => amount >= each && amount % each === 0) ?? ['s', 1];
  return `${amount / inSeconds} ${name}`;
}

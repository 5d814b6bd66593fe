import { Option } from 'commander';
import type { Probe, Schedule, ServiceSpec } from '../../protocol/schemas/desired.ts';
import type { DocumentedCommand } from '../command.ts';
import { byteCount, duration, names, wholeNumber } from '../input/option-values.ts';
import { probe, restartLimit, unitName } from './unit-values.ts';

/** What the command line says of a task. Times are in seconds. */
export interface TaskFlags {
  readonly cron?: string;
  readonly every?: number;
  readonly at?: string;
  readonly timeZone?: string;
  readonly splay?: number;
  readonly missed?: NonNullable<Schedule['missed']>;
  readonly overlap?: NonNullable<Schedule['overlap']>;
  readonly retries?: number;
  readonly retryBackoff?: number;
}

/** What the command line says of a service. Times are in seconds. */
export interface ServiceFlags {
  readonly restart?: NonNullable<ServiceSpec['restart']>;
  readonly restartLimit?: NonNullable<ServiceSpec['restartBudget']>;
  readonly stopGrace?: number;
  readonly probe?: Probe;
  readonly probeInterval?: number;
  readonly probeTimeout?: number;
  readonly probeFailures?: number;
  readonly startup?: number;
  readonly dependsOn?: string[];
  readonly logSize?: number;
  readonly logFiles?: number;
}

export interface UnitFlags extends TaskFlags, ServiceFlags {
  readonly kind?: 'job' | 'task' | 'service';
  readonly name?: string;
}

const YEAR = 31_536_000;
const DAY = 86_400;

/** The options that make an entry of the library a task or a service. */
export function addUnitOptions(command: DocumentedCommand): DocumentedCommand {
  command.option('--name <name>', 'name of the task or service; the file name, when not given', unitName);
  addTaskOptions(command.optionsGroup('Options of tasks:'));
  addServiceOptions(command.optionsGroup('Options of services:'));
  return command;
}

function addTaskOptions(command: DocumentedCommand): void {
  command
    .option('--cron <line>', 'when it is due: five fields, or six with seconds first')
    .option('--every <time>', 'how often it is due: 90s, 15m, 2h, 1d', duration(1, YEAR))
    .option('--at <instant>', 'when it is due, once: 2026-12-24T18:00:00+01:00')
    .option(
      '--time-zone <name>',
      "zone of the cron line, such as Europe/Berlin; the endpoint's own otherwise",
    )
    .option('--splay <time>', 'each endpoint is later by its own share of this', duration(0, YEAR))
    .addOption(
      new Option('--missed <rule>', 'for due times that passed while the endpoint was off').choices([
        'skip',
        'run-once',
      ]),
    )
    .addOption(
      new Option('--overlap <rule>', 'when it is due while its last run is still going').choices([
        'skip',
        'queue',
        'replace',
      ]),
    )
    .option('--retries <number>', 'run a failed one again, so many times', wholeNumber(0, 1000))
    .option('--retry-backoff <time>', 'wait so long before that; twice as long each time', duration(1, DAY));
}

function addServiceOptions(command: DocumentedCommand): void {
  command
    .addOption(
      new Option('--restart <when>', 'when it has ended by itself').choices([
        'always',
        'on-failure',
        'never',
      ]),
    )
    .option('--restart-limit <n/time>', 'park it when it needs more restarts, such as 5/10m', restartLimit)
    .option('--stop-grace <time>', 'how long it may take to end when asked to', duration(0, 3600))
    .option(
      '--probe <probe>',
      'how it is asked whether it is well: process, tcp:PORT, http:PORT/PATH or command:PROGRAM ARGUMENT…',
      probe,
    )
    .option('--probe-interval <time>', 'how often it is asked', duration(1, DAY))
    .option('--probe-timeout <time>', 'how long an answer may take', duration(1, 3600))
    .option('--probe-failures <number>', 'bad answers in a row until it is restarted', wholeNumber(1, 100))
    .option('--startup <time>', 'bad answers do not count for so long after a start', duration(0, YEAR))
    .option('--depends-on <names>', 'services to be well before it is started: db,cache', names)
    .option('--log-size <size>', 'begin a new log file at this size, such as 10MB', byteCount)
    .option('--log-files <number>', 'how many log files to keep', wholeNumber(1, 100));
}

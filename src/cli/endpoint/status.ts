import type { Clock } from '../../lib/clock.ts';
import type {
  EndpointActions,
  EndpointJob,
  EndpointStatus,
  EndpointUpdate,
  SettingFlags,
} from '../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../command.ts';
import { printResult, type Console } from '../console.ts';
import { formatFields, formatTable } from '../format/table.ts';
import { localTime, timeWithDistance } from '../format/time.ts';
import { formatUnits } from '../format/unit-tables.ts';
import { probationWords } from './update/probation-words.ts';
import { endpointCommand, settingsOf } from './setting-options.ts';

export interface StatusDeps {
  console: Console;
  actions: Pick<EndpointActions, 'status'>;
  clock: Pick<Clock, 'now'>;
}

export function status({ console, actions, clock }: StatusDeps): DocumentedCommand {
  return endpointCommand('status', {
    summary: 'Show whether the agent is connected, and what it has done',
    details: 'Works while the agent runs and while it does not.',
    examples: ['commander-agent status', 'commander-agent status --json'],
  }).action(async (options: SettingFlags) => {
    const now = await actions.status(settingsOf(options));
    printResult(console, now, describe(now, clock.now()));
  });
}

function describe(status: EndpointStatus, nowMs: number): string {
  const { active, unreported, recent } = status.jobs;
  const { pinned, probation, bad } = status.update ?? {};
  const fields = formatFields({
    state: status.state,
    problem: status.problem,
    since: status.since && timeWithDistance(status.since, nowMs),
    server: status.server,
    agent: status.agentID,
    certificate:
      status.certificateExpiresAt && `valid until ${timeWithDistance(status.certificateExpiresAt, nowMs)}`,
    protocol: status.protocol?.toString(),
    process: status.pid?.toString(),
    version: status.version,
    pinned,
    probation: probation && probationWords(probation, nowMs),
    'failed here': bad && failedWords(bad),
    folder: status.stateDir,
    jobs: `${active} to do, ${unreported} to report`,
  });
  const tables = [
    ...formatUnits(status.units, status.rejected),
    ...(recent.length === 0 ? [] : [formatTable(JOB_HEADINGS, recent.map(toJobRow))]),
  ];
  return [fields, ...tables].join('\n\n');
}

function failedWords(bad: EndpointUpdate['bad']): string | undefined {
  if (bad.length === 0) return undefined;
  return `${bad.map(({ version }) => version).join(', ')}; see "commander-agent update status"`;
}

const JOB_HEADINGS = ['job', 'filename', 'phase', 'outcome', 'accepted'];

function toJobRow({ jobID, filename, phase, outcome, exitCode, acceptedAt }: EndpointJob): string[] {
  const how = exitCode === undefined ? (outcome ?? '') : `${outcome ?? ''} (${exitCode})`;
  return [jobID, filename, phase, how, acceptedAt === undefined ? '' : localTime(acceptedAt)];
}

import type { Clock } from '../../../lib/clock.ts';
import type { EndpointActions, EndpointUpdate, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { printResult, type Console } from '../../console.ts';
import { formatFields, formatTable } from '../../format/table.ts';
import { localTime } from '../../format/time.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';
import { probationWords } from './probation-words.ts';

export interface UpdateStatusDeps {
  console: Console;
  actions: Pick<EndpointActions, 'update'>;
  clock: Pick<Clock, 'now'>;
}

export function updateStatus({ console, actions, clock }: UpdateStatusDeps): DocumentedCommand {
  return endpointCommand('status', {
    summary: 'Show which version this endpoint runs, and why',
    details: 'Works while the agent runs and while it does not.',
    examples: ['commander-agent update status', 'commander-agent update status --json'],
  }).action(async (options: SettingFlags) => {
    const update = await actions.update(settingsOf(options));
    printResult(console, update, describe(update, clock.now()));
  });
}

function describe({ probation, bad, jobs, ...versions }: EndpointUpdate, now: number): string {
  const { current, previous, base, wanted, pinned } = versions;
  const fields = formatFields({
    ...{ current, previous, installed: base, pinned },
    wanted: wanted ?? 'whatever runs',
    probation: probation && probationWords(probation, now),
  });
  const marks = bad.map(({ version, reason, at, retryAt }) => [
    ...[version, localTime(at), retryAt === undefined ? 'when asked' : localTime(retryAt)],
    reason,
  ]);
  const runs = jobs.map(({ jobID, version, phase, outcome = '', acceptedAt }) => [
    ...[jobID, version, phase, outcome],
    acceptedAt === undefined ? '' : localTime(acceptedAt),
  ]);
  const tables = [
    ...(marks.length === 0 ? [] : [formatTable(['failed here', 'at', 'next try', 'reason'], marks)]),
    ...(runs.length === 0 ? [] : [formatTable(['job', 'to', 'phase', 'outcome', 'accepted'], runs)]),
  ];
  return [fields, ...tables].join('\n\n');
}

import type { Clock } from '../../../lib/clock.ts';
import type { EndpointActions, EndpointTask, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { printResult, type Console } from '../../console.ts';
import { formatTable } from '../../format/table.ts';
import { relativeTime } from '../../format/time.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';

export interface ScheduleDeps {
  console: Console;
  actions: Pick<EndpointActions, 'schedule'>;
  clock: Pick<Clock, 'now'>;
}

export function scheduleList({ console, actions, clock }: ScheduleDeps): DocumentedCommand {
  return endpointCommand('list', {
    summary: 'List the scheduled tasks of this endpoint',
    details: 'Works while the agent runs and while it does not.',
    examples: ['commander-agent schedule list', 'commander-agent schedule list --json'],
  }).action(async (options: SettingFlags) => {
    const tasks = await actions.schedule(settingsOf(options));
    printResult(console, tasks, describe(tasks, clock.now()));
  });
}

function describe(tasks: readonly EndpointTask[], now: number): string {
  if (tasks.length === 0) return 'No tasks are assigned to this endpoint.';
  const when = (instant: string | undefined): string =>
    instant === undefined ? '' : relativeTime(instant, now);
  const rows = tasks.map(({ name, state, lastRun, lastOutcome = '', nextRun, rule }) => [
    ...[name, state, when(lastRun), lastOutcome, when(nextRun)],
    rule.split(';')[0] ?? '',
  ]);
  return formatTable(['task', 'state', 'last run', 'outcome', 'next run', 'rule'], rows);
}

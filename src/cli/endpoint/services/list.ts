import type { Clock } from '../../../lib/clock.ts';
import type { EndpointActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { UnitState } from '../../../protocol/schemas/desired.ts';
import type { DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { printTable } from '../../format/print-table.ts';
import { relativeTime } from '../../format/time.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';

export interface ServicesListDeps {
  console: Console;
  actions: Pick<EndpointActions, 'services'>;
  clock: Pick<Clock, 'now'>;
}

export function servicesList({ console, actions, clock }: ServicesListDeps): DocumentedCommand {
  return endpointCommand('list', {
    summary: 'List the services of this endpoint',
    details: 'Works while the agent runs and while it does not.',
    examples: ['commander-agent services list', 'commander-agent services list --json'],
  }).action(async (options: SettingFlags) => {
    const value = await actions.services(settingsOf(options));
    printTable(console, {
      value,
      headings: ['service', 'state', 'since', 'process', 'restarts', 'last end', 'problem'],
      rows: value.map((unit) => toRow(unit, clock.now())),
      whenEmpty: 'No services are assigned to this endpoint.',
    });
  });
}

function toRow(
  { name, state, since, pid, restarts, lastOutcome, problem }: UnitState,
  now: number,
): string[] {
  const numbers = [pid, restarts].map((number) => number?.toString() ?? '');
  return [name, state, relativeTime(since, now), ...numbers, lastOutcome ?? '', problem ?? ''];
}

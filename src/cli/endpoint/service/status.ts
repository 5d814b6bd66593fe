import type { ServiceActions, ServiceReport } from '../../../protocol/endpoint.ts';
import { command, type DocumentedCommand } from '../../command.ts';
import { printResult, type Console } from '../../console.ts';
import { formatFields } from '../../format/table.ts';

export function serviceStatus(console: Console, actions: Pick<ServiceActions, 'status'>): DocumentedCommand {
  return command('status', {
    summary: 'Show whether the service is installed and runs',
    details: 'Whether the agent in it is connected, "commander-agent status" shows.',
    examples: ['commander-agent service status', 'commander-agent service status --json'],
  }).action(async () => {
    const report = await actions.status();
    printResult(console, report, describe(report));
  });
}

function describe({ manager, state, startsAtBoot, pid, advice }: ServiceReport): string {
  if (advice !== undefined) return advice;
  return formatFields({
    state,
    'starts at boot': startsAtBoot ? 'yes' : 'no',
    process: pid?.toString(),
    manager,
  });
}

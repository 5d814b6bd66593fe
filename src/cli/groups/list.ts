import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';

export function groupsList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the groups, how many agents they have and which version these should run',
    examples: ['commander groups list', 'commander groups list --json'],
  }).action(async () => {
    const groups = await context.connect().groups.list();
    printTable(context.console, {
      value: { groups },
      headings: ['group', 'agents', 'agent version'],
      rows: groups.map(({ name, agents, agentVersion }) => [name, String(agents), agentVersion ?? 'any']),
      whenEmpty: 'There are no groups',
    });
  });
}

import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { localTime } from '../format/time.ts';

export function accountsList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the admin accounts',
    examples: ['commander accounts list'],
  }).action(async () => {
    const accounts = await context.connect().accounts();
    const rows = accounts.map(({ username, createdAt }) => [username, localTime(createdAt)]);
    printTable(context.console, {
      value: { accounts },
      headings: ['username', 'created'],
      rows,
      whenEmpty: 'There are no accounts',
    });
  });
}

import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatTable } from '../format/table.ts';
import { localTime } from '../format/time.ts';

export function accountsList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the admin accounts',
    examples: ['commander accounts list'],
  }).action(async () => {
    const accounts = await context.connect().accounts();
    const rows = accounts.map(({ username, createdAt }) => [username, localTime(createdAt)]);
    printResult(context.console, { accounts }, formatTable(['username', 'created'], rows));
  });
}

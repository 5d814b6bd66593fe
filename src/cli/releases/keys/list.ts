import type { AdminContext } from '../../admin-context.ts';
import { command, type DocumentedCommand } from '../../command.ts';
import { printTable } from '../../format/print-table.ts';
import { timeWithDistance } from '../../format/time.ts';

export function releaseKeysList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the keys that sign releases, where they are and until when their signatures are good',
    examples: ['commander releases keys list'],
  }).action(async () => {
    const { keys } = await context.connect().releases.list();
    printTable(context.console, {
      value: { keys },
      headings: ['role', 'key', 'kept', 'good until'],
      rows: keys.map(({ role, keyID, onServer, expiresAt }) => [
        ...[role, keyID, onServer ? 'on the server' : 'elsewhere'],
        timeWithDistance(expiresAt, context.clock.now()),
      ]),
      whenEmpty: '',
    });
  });
}

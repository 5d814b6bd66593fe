import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { formatSize } from '../format/size.ts';
import { printTable } from '../format/print-table.ts';
import { localTime } from '../format/time.ts';

export function libraryList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the library',
    examples: ['commander library list', 'commander library list --json'],
  }).action(async () => {
    const library = await context.connect().library();
    const rows = library.map((entry) => [
      entry.filename,
      entry.unit?.kind ?? 'job',
      entry.executor,
      entry.os,
      entry.size === undefined ? '' : formatSize(entry.size),
      localTime(entry.timeCreated),
      entry.description,
    ]);
    printTable(context.console, {
      value: { library },
      headings: ['filename', 'kind', 'executor', 'os', 'size', 'added', 'description'],
      rows,
      whenEmpty: 'The library is empty; add to it with: commander library add PATH',
    });
  });
}

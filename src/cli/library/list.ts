import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { localTime } from '../format/time.ts';

export function libraryList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the library',
    examples: ['commander library list', 'commander library list --json'],
  }).action(async () => {
    const library = await context.connect().library();
    const rows = library.map((entry) => [
      entry.filename,
      entry.executor,
      entry.os,
      entry.size === undefined ? '' : formatSize(entry.size),
      localTime(entry.timeCreated),
      entry.description,
    ]);
    const headings = ['filename', 'executor', 'os', 'size', 'added', 'description'];
    printResult(context.console, { library }, formatTable(headings, rows));
  });
}

import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { formatSize } from '../format/size.ts';
import { localTime } from '../format/time.ts';

export function installersList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the installers that the server hands out',
    examples: ['commander installers list', 'commander installers list --json'],
  }).action(async () => {
    const installers = await context.connect().installers();
    printTable(context.console, {
      value: { installers },
      headings: ['name', 'os', 'arch', 'format', 'version', 'size', 'added', 'by'],
      rows: installers.map(({ name, os, arch, format, version, size, addedAt, addedBy }) => [
        ...[name, os, arch, format, version ?? ''],
        ...[formatSize(size), localTime(addedAt), addedBy],
      ]),
      whenEmpty: 'There are no installers; add some with: commander installers add FILE',
    });
  });
}

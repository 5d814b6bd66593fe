import { AppError } from '../../lib/errors.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { formatSize } from '../format/size.ts';
import { localTime } from '../format/time.ts';

export function releasesShow(context: AdminContext): DocumentedCommand {
  return command('show', {
    summary: 'Show the executables of a version',
    examples: ['commander releases show 1.1.0'],
  })
    .argument('<version>', 'as "commander releases list" has it')
    .action(async (version: string) => {
      const { files } = await context.connect().releases.list();
      const shown = files.filter((file) => file.version === version);
      if (shown.length === 0) throw new AppError('RELEASE_NOT_FOUND', `Version ${version} is not published`);
      printTable(context.console, {
        value: { version, files: shown },
        headings: ['platform', 'size', 'sha-256', 'published', 'by'],
        rows: shown.map(({ platform, size, sha256, publishedAt, publishedBy }) => [
          ...[platform, formatSize(size), sha256, localTime(publishedAt), publishedBy],
        ]),
        whenEmpty: '',
      });
    });
}

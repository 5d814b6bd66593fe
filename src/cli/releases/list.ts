import type { ReleaseFile } from '../../protocol/schemas/releases.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { printTable } from '../format/print-table.ts';
import { localTime } from '../format/time.ts';

export function releasesList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the versions that agents can be told to run, newest first',
    examples: ['commander releases list', 'commander releases list --json'],
  }).action(async () => {
    const releases = await context.connect().releases.list();
    printTable(context.console, {
      value: releases,
      headings: ['version', 'platforms', 'published', 'by'],
      rows: [...Map.groupBy(releases.files, ({ version }) => version)].map(asRow),
      whenEmpty: 'There are no releases; publish one with: commander releases publish FILE',
    });
    if (releases.unsigned.length > 0 && !context.console.json) {
      printNote(context.console, 'A change waits for signatures; see: commander releases request');
    }
  });
}

function asRow([version, files]: [string, ReleaseFile[]]): string[] {
  const [first] = files.toSorted((a, b) => a.publishedAt.localeCompare(b.publishedAt));
  const platforms = files.map(({ platform }) => platform).join(', ');
  return [version, platforms, localTime(first?.publishedAt ?? ''), first?.publishedBy ?? ''];
}

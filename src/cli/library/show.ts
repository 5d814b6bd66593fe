import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatSize } from '../format/size.ts';
import { formatFields } from '../format/table.ts';
import { formatDuration, timeWithDistance } from '../format/time.ts';
import { describeRules } from './describe-rules.ts';
import { findEntry } from './find-entry.ts';

export function libraryShow(context: AdminContext): DocumentedCommand {
  return command('show', {
    summary: 'Show one entry of the library',
    examples: ['commander library show hello.sh'],
  })
    .argument('<filename>', 'its name in the library')
    .action(async (filename: string) => {
      const entry = findEntry(await context.connect().library(), filename);
      const { size, timeoutSeconds } = entry;
      const fields = {
        Filename: entry.filename,
        Description: entry.description,
        ...describeRules(entry.unit),
        Executor: entry.executor,
        System: entry.os,
        Timeout: timeoutSeconds === undefined ? undefined : formatDuration(timeoutSeconds * 1000),
        Size: size === undefined ? undefined : formatSize(size),
        'SHA-256': entry.sha256,
        'Added by': entry.user,
        Added: timeWithDistance(entry.timeCreated, context.clock.now()),
      };
      printResult(context.console, entry, formatFields(fields));
    });
}

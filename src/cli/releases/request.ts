import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { DEFAULT_REQUEST, settleChange } from './settle-change.ts';

export function releasesRequest(context: AdminContext): DocumentedCommand {
  return command('request', {
    summary: 'Write what waits for signatures to a file once more, or drop it',
    examples: ['commander releases request --out to-sign.json', 'commander releases request --discard'],
  })
    .option('--out <file>', 'where it goes', DEFAULT_REQUEST)
    .option('--discard', 'drop it instead; what agents are given stays as it is')
    .action(async ({ out, discard = false }: { out: string; discard?: boolean }) => {
      const { releases } = context.connect();
      if (discard) {
        await releases.discardDraft();
        printNote(context.console, 'Nothing waits for signatures any more');
        return;
      }
      const done = 'Nothing waits for signatures';
      settleChange(context.console, await releases.draft(), { done, requestPath: out });
    });
}

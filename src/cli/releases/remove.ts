import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { DEFAULT_REQUEST, REQUEST_HELP, settleChange } from './settle-change.ts';

export function releasesRemove(context: AdminContext): DocumentedCommand {
  return command('remove', {
    summary: 'Remove a version, so that no agent can get it any more; agents that run it go on',
    details: 'Refused while a group, or an agent that is pinned, should run it.',
    examples: ['commander releases remove 1.0.0'],
  })
    .argument('<version>', 'as "commander releases list" has it')
    .option('--request <file>', REQUEST_HELP, DEFAULT_REQUEST)
    .action(async (version: string, { request }: { request: string }) => {
      const change = await context.connect().releases.remove(version);
      const done = `Removed version ${version}`;
      settleChange(context.console, change, { done, requestPath: request, value: { version } });
    });
}

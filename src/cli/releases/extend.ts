import type { ReleaseRole } from '../../protocol/schemas/releases.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { roleOption } from './role-option.ts';
import { DEFAULT_REQUEST, REQUEST_HELP, settleChange } from './settle-change.ts';

export function releasesExtend(context: AdminContext): DocumentedCommand {
  return command('extend', {
    summary: 'Sign the same releases again before what signs them ends',
    details:
      'Only needed for keys that are kept elsewhere: with the others the server does it by itself. "commander releases keys list" says when each ends.',
    examples: [
      'commander releases extend --role targets',
      'commander releases extend --role root --role targets',
    ],
  })
    .addOption(roleOption(['root', 'targets'], 'what to sign again'))
    .option('--request <file>', REQUEST_HELP, DEFAULT_REQUEST)
    .action(async ({ role: roles, request }: { role: ReleaseRole[]; request: string }) => {
      const change = await context.connect().releases.extend(roles);
      settleChange(context.console, change, { done: 'Signed again', requestPath: request });
    });
}

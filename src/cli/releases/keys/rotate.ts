import type { ReleaseRole } from '../../../protocol/schemas/releases.ts';
import type { AdminContext } from '../../admin-context.ts';
import { command, type DocumentedCommand } from '../../command.ts';
import { roleOption } from '../role-option.ts';
import { DEFAULT_REQUEST, REQUEST_HELP, settleChange } from '../settle-change.ts';

export function releaseKeysRotate(context: AdminContext): DocumentedCommand {
  return command('rotate', {
    summary: 'Replace signing keys; agents learn of it by themselves',
    details:
      'The new keys are made on the server; "export" takes them away again. A new "root" key is signed by the old one, wherever that is kept.',
    examples: [
      'commander releases keys rotate --role targets',
      'commander releases keys rotate --role snapshot --role timestamp',
    ],
  })
    .addOption(roleOption(['root', 'targets', 'snapshot', 'timestamp'], 'whose key'))
    .option('--request <file>', REQUEST_HELP, DEFAULT_REQUEST)
    .action(async ({ role: roles, request }: { role: ReleaseRole[]; request: string }) => {
      const change = await context.connect().releases.rotateKeys(roles);
      const done = `Replaced the key of ${roles.join(', ')}`;
      settleChange(context.console, change, { done, requestPath: request, value: { roles } });
    });
}

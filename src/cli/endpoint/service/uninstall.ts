import type { ServiceActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';
import { printChange } from './print-change.ts';

export function uninstallService(
  console: Console,
  actions: Pick<ServiceActions, 'uninstall'>,
): DocumentedCommand {
  return endpointCommand('uninstall', {
    summary: 'Stop the service and remove all that installing it made',
    details:
      'The services that it keeps end with it. The state folder stays, so that a later installation goes on as the same agent. With --purge its identity, journal and logs go, ' +
      'too; name the folder if it is not the usual one. What a package installed, the package removes. Takes an administrator.',
    examples: ['commander-agent service uninstall', 'commander-agent service uninstall --purge'],
  })
    .option('--purge', "remove the agent's identity, journal and logs as well")
    .action(async (options: SettingFlags & { purge?: boolean }) => {
      const change = await actions.uninstall(settingsOf(options), { purge: options.purge === true });
      const state =
        change.removedDir === undefined ? '' : `, and removed the state in "${change.removedDir}"`;
      printChange(console, change, {
        done: `Uninstalled${state}.`,
        already: 'There was nothing to uninstall.',
      });
    });
}

import type { ServiceActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';
import { printChange } from './print-change.ts';

export function stopService(console: Console, actions: Pick<ServiceActions, 'stop'>): DocumentedCommand {
  return endpointCommand('stop', {
    summary: 'Stop the service until it is started again, or the machine is',
    details:
      'Returns when the agent has ended: it takes no more jobs and gives those that run a while to end. Services that the server has ' +
      'it keep go on, and the next start finds them again. Takes an administrator.',
    examples: ['commander-agent service stop', 'commander-agent service stop --with-services'],
  })
    .option('--with-services', 'end the services that it keeps as well')
    .action(async (options: SettingFlags & { withServices?: boolean }) => {
      const order = { withServices: options.withServices === true };
      const change = await actions.stop(settingsOf(options), order);
      printChange(console, change, { done: 'Stopped.', already: 'It was not running.' });
    });
}

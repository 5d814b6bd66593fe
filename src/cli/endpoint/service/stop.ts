import type { ServiceActions } from '../../../protocol/endpoint.ts';
import { command, type DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { printChange } from './print-change.ts';

export function stopService(console: Console, actions: Pick<ServiceActions, 'stop'>): DocumentedCommand {
  return command('stop', {
    summary: 'Stop the service until it is started again, or the machine is',
    details:
      'Returns when the agent has ended: it takes no more jobs and gives those that run a while to end. Takes an administrator.',
    examples: ['commander-agent service stop'],
  }).action(async () => {
    printChange(console, await actions.stop(), { done: 'Stopped.', already: 'It was not running.' });
  });
}

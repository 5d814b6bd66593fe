import type { ServiceActions } from '../../../protocol/endpoint.ts';
import { command, type DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { printChange } from './print-change.ts';

export function startService(console: Console, actions: Pick<ServiceActions, 'start'>): DocumentedCommand {
  return command('start', {
    summary: 'Start the service now',
    details: 'Returns when it runs. Takes an administrator.',
    examples: ['commander-agent service start'],
  }).action(async () => {
    printChange(console, await actions.start(), { done: 'Started.', already: 'It runs already.' });
  });
}

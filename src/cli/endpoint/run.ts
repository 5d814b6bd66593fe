import type { EndpointActions, SettingFlags } from '../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../command.ts';
import { endpointCommand, settingsOf } from './setting-options.ts';

export function run(actions: Pick<EndpointActions, 'run'>): DocumentedCommand {
  return endpointCommand('run', {
    summary: 'Check in with the server and do what it says, until stopped',
    details:
      'Logs go to "logs" in the state folder, and to the terminal if there is one. SIGTERM or Ctrl-C takes no more jobs and gives those ' +
      'that run a while to end; a second one ends them.',
    examples: ['commander-agent run', 'commander-agent run --state-dir ./agent-2 --log-level debug'],
  }).action(async (options: SettingFlags) => {
    await actions.run(settingsOf(options));
  });
}

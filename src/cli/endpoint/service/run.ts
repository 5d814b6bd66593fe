import type { ServiceActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';

export function runService(actions: Pick<ServiceActions, 'run'>): DocumentedCommand {
  return endpointCommand('run', {
    summary: 'What a service manager starts; people use "service start" or "run"',
    details:
      'As "commander-agent run", but an endpoint that has not been enrolled is waited for. On Windows only its service manager can ' +
      'start it, and there it joins as Group Policy says, if that says so.',
    examples: ['commander-agent service run'],
  }).action(async (options: SettingFlags) => {
    await actions.run(settingsOf(options));
  });
}

import type { EndpointActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { printResult, type Console } from '../../console.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';

export interface ServicesRestartDeps {
  console: Console;
  actions: Pick<EndpointActions, 'restartService'>;
}

export function servicesRestart({ console, actions }: ServicesRestartDeps): DocumentedCommand {
  return endpointCommand('restart', {
    summary: 'Start a service anew, also one that is parked',
    details: 'Its restarts are counted from the beginning, and a version that was given up is tried again.',
    examples: ['commander-agent services restart web'],
  })
    .argument('<service>', 'its name')
    .action(async (service: string, options: SettingFlags) => {
      const answer = await actions.restartService(settingsOf(options), service);
      const text = answer.isTaken
        ? `"${service}" is being started anew.`
        : `"${service}" is started anew as soon as the agent runs.`;
      printResult(console, answer, text);
    });
}

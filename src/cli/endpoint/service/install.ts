import type { ServiceActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';
import { printChange } from './print-change.ts';

export function installService(
  console: Console,
  actions: Pick<ServiceActions, 'install'>,
): DocumentedCommand {
  return endpointCommand('install', {
    summary: 'Have this system run the agent from each boot on',
    details:
      'Makes a service of systemd, launchd or Windows, whichever is here, with the settings that are given. Installing it again with ' +
      'other settings changes them; a running service takes them when it is started anew. Takes an administrator.',
    examples: [
      'commander-agent service install',
      'commander-agent service install --state-dir /srv/commander-agent --config /srv/commander-agent.json',
    ],
  }).action(async (options: SettingFlags) => {
    printChange(console, await actions.install(settingsOf(options)), {
      done: 'Installed. Start it now with: commander-agent service start',
      already: 'Installed already; nothing was changed.',
    });
  });
}

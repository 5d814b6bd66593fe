import type { EndpointActions, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { printLog } from '../../format/print-log.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';

const DEFAULT_TAIL_BYTES = 16 * 1024;

export interface ServicesLogsDeps {
  console: Console;
  actions: Pick<EndpointActions, 'serviceLog'>;
}

interface LogFlags extends SettingFlags {
  readonly follow?: true;
  readonly all?: true;
}

export function servicesLogs({ console, actions }: ServicesLogsDeps): DocumentedCommand {
  return endpointCommand('logs', {
    summary: 'Show what a service has written, and with --follow what it writes',
    details: 'Begins 16 KiB before the end. Works while the agent runs and while it does not.',
    examples: ['commander-agent services logs web --follow', 'commander-agent services logs web --all'],
  })
    .argument('<service>', 'its name')
    .option('-f, --follow', 'wait for more, until Ctrl-C')
    .option('--all', 'from the beginning of what is kept')
    .action(async (service: string, options: LogFlags) => {
      const tailBytes = options.all === true ? Infinity : DEFAULT_TAIL_BYTES;
      const order = { service, tailBytes, follow: options.follow === true };
      for await (const text of actions.serviceLog(settingsOf(options), order)) printLog(console, text);
    });
}

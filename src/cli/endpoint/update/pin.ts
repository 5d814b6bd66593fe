import type { SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { endpointCommand } from '../setting-options.ts';
import { order, type UpdateOrderDeps } from './order.ts';

export function updatePin(deps: UpdateOrderDeps): DocumentedCommand {
  return endpointCommand('pin', {
    summary: 'Keep this endpoint at a version, whatever the server wants',
    details:
      'Without a version it stays at the one that it runs. Undo it with "commander-agent update unpin".',
    examples: ['commander-agent update pin', 'commander-agent update pin 1.1.0'],
  })
    .argument('[version]', 'what it is to run')
    .action(async (version: string | undefined, options: SettingFlags) => {
      const done = version === undefined ? 'It stays at the version that it runs' : `It stays at ${version}`;
      await order(deps, { kind: 'pin', ...(version === undefined ? {} : { version }) }, { options, done });
    });
}

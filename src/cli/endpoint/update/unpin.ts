import type { SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { endpointCommand } from '../setting-options.ts';
import { order, type UpdateOrderDeps } from './order.ts';

export function updateUnpin(deps: UpdateOrderDeps): DocumentedCommand {
  return endpointCommand('unpin', {
    summary: 'Let the server decide again which version runs here',
    examples: ['commander-agent update unpin'],
  }).action(async (options: SettingFlags) => {
    await order(deps, { kind: 'unpin' }, { options, done: 'The server decides which version runs here' });
  });
}

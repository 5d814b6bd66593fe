import type { SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { endpointCommand } from '../setting-options.ts';
import { order, type UpdateOrderDeps } from './order.ts';

export function updateRollback(deps: UpdateOrderDeps): DocumentedCommand {
  return endpointCommand('rollback', {
    summary: 'Go back to the version before this one',
    details:
      'The version that is left is not taken again until somebody asks: "commander-agent update check --retry".',
    examples: ['commander-agent update rollback'],
  }).action(async (options: SettingFlags) => {
    await order(deps, { kind: 'rollback' }, { options, done: 'Going back to the version before' });
  });
}

import type { SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { endpointCommand } from '../setting-options.ts';
import { order, type UpdateOrderDeps } from './order.ts';

export function updateCheck(deps: UpdateOrderDeps): DocumentedCommand {
  return endpointCommand('check', {
    summary: 'Look at once whether another version is to run here',
    details:
      'A version that failed on this endpoint is not tried again unless you ask with --retry; one that could not be fetched is, after six hours.',
    examples: ['commander-agent update check', 'commander-agent update check --retry'],
  })
    .option('--retry', 'try the wanted version again although it failed')
    .action(async ({ retry = false, ...options }: SettingFlags & { retry?: boolean }) => {
      await order(deps, { kind: 'check', retry }, { options, done: 'Looking which version is to run here' });
    });
}

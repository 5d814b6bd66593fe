import { AppError } from '../../lib/errors.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function groupsSetVersion(context: AdminContext): DocumentedCommand {
  return command('set-version', {
    summary: 'Say which version the agents of a group should run, newer or older than now',
    details: 'An agent that is pinned to a version of its own keeps to that: commander agents pin.',
    examples: [
      'commander groups set-version web-servers 1.2.0',
      'commander groups set-version web-servers --any',
    ],
  })
    .argument('<group>', 'its name')
    .argument('[version]', 'such as 1.2.0')
    .option('--any', 'whatever they run will do')
    .action(async (name: string, version: string | undefined, { any }: { any?: true }) => {
      if ((version === undefined) !== (any === true))
        throw new AppError('USAGE', 'Give either a version or --any');
      await context.connect().groups.setVersion(name, version ?? null);
      const what =
        version === undefined
          ? 'any version from now on'
          : `version ${version} from now on; those that do not yet: commander agents list --group ${name} --outdated`;
      printNote(context.console, `The agents of group "${name}" should run ${what}`);
    });
}

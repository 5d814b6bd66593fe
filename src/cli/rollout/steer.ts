import type { AdminContext } from '../admin-context.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

const VERBS = {
  pause: {
    summary: 'Tell no further agents; those that were told go on',
    done: 'stands still',
  },
  resume: {
    summary: 'Go on with a rollout that was paused or has halted; what failed until now halts it no more',
    done: 'goes on',
  },
  abort: {
    summary: 'End a rollout; agents go back to the version of their group, if it has one',
    done: 'is over',
  },
} as const;

/** `pause`, `resume` and `abort` differ in nothing but what they ask for. */
export function rolloutSteer(context: AdminContext, verb: keyof typeof VERBS): DocumentedCommand {
  const { summary, done } = VERBS[verb];
  return command(verb, { summary, examples: [`commander rollout ${verb} web`] })
    .argument('<group>', 'whose rollout')
    .action(async (group: string) => {
      const client = context.connect();
      await client.rollouts.steer(group, verb);
      printNote(context.console, `The rollout in group "${group}" ${done}`);
      if (verb === 'abort') printNote(context.console, await afterAbort(client, group));
    });
}

async function afterAbort(client: AdminClient, group: string): Promise<string> {
  const { agentVersion } = (await client.groups.list()).find(({ name }) => name === group) ?? {};
  return agentVersion === undefined
    ? `The group has no version, so its agents stay at what they run; give them one with: commander groups set-version ${group} VERSION`
    : `Its agents go back to version ${agentVersion}`;
}

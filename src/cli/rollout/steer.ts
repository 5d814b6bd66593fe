import type { AdminContext } from '../admin-context.ts';
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
      await context.connect().rollouts.steer(group, verb);
      printNote(context.console, `The rollout in group "${group}" ${done}`);
    });
}

import { InvalidArgumentError } from 'commander';
import type { RolloutPlan } from '../../protocol/schemas/admin/rollouts.ts';
import type { AdminContext } from '../admin-context.ts';
import { findActiveAgents } from '../agents/find-agent.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { collect, duration, wholeNumber } from '../input/option-values.ts';

interface StartOptions {
  canary?: string[];
  stages: number[];
  rest: number;
  maxFailed: number;
  silentAfter: number;
  atOnce: number;
  window?: { from: string; to: string };
  timeZone: string;
}

const YEAR_SECONDS = 31_536_000;

export function rolloutStart(context: AdminContext): DocumentedCommand {
  return command('start', {
    summary: 'Bring a group to a version, newer or older, in stages',
    details:
      'Agents are told stage by stage; whoever is away is told when it is back. When too many fail or fall silent it halts, and waits for you. ' +
      "At its end the version is the group's.",
    examples: [
      'commander rollout start web 1.2.0 --canary web-1 --stages 10,50,100 --rest 1h',
      'commander rollout start web 1.2.0 --window 22:00-04:00 --time-zone Europe/Zurich',
    ],
  })
    .argument('<group>', 'whose agents')
    .argument('<version>', 'such as 1.2.0')
    .option('--canary <agent>', 'goes first, before all stages; give it several times for several', collect)
    .option(
      '--stages <percents>',
      'so many percent of the group, one stage after the other',
      percents,
      [10, 50, 100],
    )
    .option('--rest <time>', 'wait between two stages', duration(0, YEAR_SECONDS), 1800)
    .option('--max-failed <percent>', 'halt when more fail or fall silent', wholeNumber(0, 100), 10)
    .option(
      '--silent-after <time>',
      'disconnected for so long counts as silent',
      duration(10, YEAR_SECONDS),
      1800,
    )
    .option('--at-once <agents>', 'change at the same time', wholeNumber(1, 100_000), 100)
    .option(
      '--window <from-to>',
      'tell agents only in this time of each day, such as 22:00-04:00; not those that come back after the end',
      timesOfDay,
    )
    .option('--time-zone <name>', 'of the window', 'UTC')
    .action(async (group: string, version: string, options: StartOptions) => {
      const client = context.connect();
      const { canary = [] } = options;
      const canaries = (await findActiveAgents(client, canary)).map(({ agentID }) => agentID);
      await client.rollouts.start({ group, version, plan: planOf(options, canaries) });
      printNote(
        context.console,
        `Group "${group}" is on its way to version ${version}; see: commander rollout status ${group} --watch`,
      );
    });
}

function planOf(options: StartOptions, canaries: string[]): RolloutPlan {
  const { stages, rest, maxFailed, silentAfter, atOnce, window, timeZone } = options;
  return {
    canaries,
    stages: stages.map((percent, i) => ({ percent, restSeconds: i === stages.length - 1 ? 0 : rest })),
    ...{ maxFailedPercent: maxFailed, silentSeconds: silentAfter, atOnce },
    ...(window === undefined ? {} : { window: { ...window, timeZone } }),
  };
}

function percents(text: string): number[] {
  const parse = wholeNumber(1, 100);
  return text.split(',').map((percent) => parse(percent.trim()));
}

function timesOfDay(text: string): { from: string; to: string } {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return { from, to };
  throw new InvalidArgumentError('It must be two times of day such as 22:00-04:00.');
}

import type { RolloutView } from '../../protocol/schemas/admin.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { progressOf, stateOf } from './describe-rollout.ts';

interface StatusOptions {
  watch?: true;
}

const LOOK_MS = 2000;

export function rolloutStatus(context: AdminContext): DocumentedCommand {
  return command('status', {
    summary: 'Show how far rollouts have come, newest first',
    details: 'In the bar, # has the version, ! has failed or fallen silent, > is on its way.',
    examples: [
      'commander rollout status',
      'commander rollout status web --watch',
      'commander rollout status --json',
    ],
  })
    .argument('[group]', 'of this group only')
    .option('--watch', 'show each change until none is running any more')
    .action(async (group: string | undefined, { watch }: StatusOptions) => {
      const client = context.connect();
      for (let shown = ''; ;) {
        const rollouts = await client.rollouts.list(group === undefined ? {} : { group });
        const rows = rollouts.map((rollout) => rowOf(rollout, context.clock.now()));
        const text = JSON.stringify(rows);
        if (text !== shown) print(context, rollouts, rows);
        shown = text;
        if (watch !== true || !rollouts.some(({ state }) => state === 'running')) return;
        await context.clock.sleep(LOOK_MS);
      }
    });
}

function rowOf(rollout: RolloutView, now: number): string[] {
  const { group, version, whole } = rollout;
  return [
    group,
    version,
    progressOf(whole),
    String(whole.failed),
    String(whole.silent),
    stateOf(rollout, now),
  ];
}

function print({ console }: AdminContext, rollouts: readonly RolloutView[], rows: string[][]): void {
  printTable(console, {
    value: { rollouts },
    headings: ['group', 'version', 'progress', 'failed', 'silent', 'state'],
    rows,
    whenEmpty: 'There are no rollouts; begin one with: commander rollout start GROUP VERSION',
  });
}

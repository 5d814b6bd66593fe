import type { RolloutView } from '../../protocol/schemas/admin/rollouts.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { printTable } from '../format/print-table.ts';
import { formatTable } from '../format/table.ts';
import { lostOf, lostRows, progressOf, stateOf } from './describe-rollout.ts';

interface StatusOptions {
  watch?: true;
}

const LOOK_MS = 2000;

export function rolloutStatus(context: AdminContext): DocumentedCommand {
  return command('status', {
    summary: 'Show how far rollouts have come, newest first',
    details:
      'In the bar, # runs the version, which has proven itself there; ! did not get there; > is on its way. Below it are those that did not get there: ' +
      'failed, silent (away), late (told half an hour ago: it runs a long job, or its owner has pinned it) or gone (revoked, pinned or moved since).',
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
    String(whole.late),
    stateOf(rollout, now),
  ];
}

function print(context: AdminContext, rollouts: readonly RolloutView[], rows: string[][]): void {
  const { console, clock } = context;
  printTable(console, {
    value: { rollouts },
    headings: ['group', 'version', 'progress', 'failed', 'silent', 'late', 'state'],
    rows,
    whenEmpty: 'There are no rollouts; begin one with: commander rollout start GROUP VERSION',
  });
  const lost = rollouts.flatMap((rollout) => (isUnderWay(rollout) ? lostRows(rollout, clock.now()) : []));
  if (lost.length === 0 || console.json) return;
  const table = formatTable(['agent', 'hostname', 'group', 'outcome', 'told', 'reason'], lost);
  console.stdout.write(`\n${table}\n`);
  const all = rollouts.filter(isUnderWay).reduce((sum, { whole }) => sum + lostOf(whole), 0);
  if (all > lost.length) printNote(console, `… and ${all - lost.length} more that did not get there`);
}

function isUnderWay({ state }: RolloutView): boolean {
  return state === 'running' || state === 'paused';
}

import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import type { UnitView } from '../../../../src/protocol/schemas/admin/units.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import {
  UNIT_ASSIGNMENTS,
  UNIT_LIBRARY,
  answerUnits,
  sampleServiceView,
  sampleTaskView,
} from '../../../support/sample-units.ts';

const onEnd = useCleanup();
const clock = { ...systemClock, now: () => Date.parse('2026-11-23T08:00:00.000Z') };

async function show(argv: readonly string[], units: readonly UnitView[]) {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server, units);
  const { stdout } = await run(argv, { ports: { clock } });
  return { stdout, asked: server.seen.at(-1)?.line };
}

test('a task is shown with its rules, and how it stands on each agent', async () => {
  const { stdout } = await show(['tasks', 'show', 'backup'], [sampleTaskView({ problem: 'Too late' })]);
  expect(stdout.split('\n')).toEqual([
    'Kind         task',
    'Name         backup',
    'Due          every 15 min',
    'Filename     backup.sh',
    `SHA-256      ${'ab'.repeat(32)}`,
    'Assigned to  group "default", agent "web-1"',
    '',
    'AGENT  STATE  SINCE      LAST RUN   LAST RESULT  NEXT RUN   ARCHIVE  PROBLEM',
    'web-1  idle   2 min ago  2 min ago  succeeded    in 13 min  current  Too late',
    '',
  ]);
});

test('a service that has not gone over to the newest archive is shown with its own', async () => {
  const { stdout } = await show(['services', 'show', 'web'], [sampleServiceView()]);
  expect(stdout.split('\n').slice(-3)).toEqual([
    'AGENT  STATE    SINCE    PROCESS  RESTARTS  LAST END            ARCHIVE       PROBLEM',
    'web-1  running  2 h ago  42       1         exited with code 1  cdcdcdcdcdcd  -',
    '',
  ]);
});

test('--json gives the entry, its assignments and its units', async () => {
  const { stdout } = await show(['tasks', 'show', 'backup', '--json'], [sampleTaskView()]);
  expect(JSON.parse(stdout)).toEqual({
    ...UNIT_LIBRARY[0],
    timeCreated: expect.any(String),
    assignments: UNIT_ASSIGNMENTS.slice(0, 2),
    units: [sampleTaskView()],
  });
});

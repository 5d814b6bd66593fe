import { expect, test } from '@jest/globals';
import type { UnitState } from '../../../../../src/protocol/schemas/desired.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

const WEB: UnitState = {
  name: 'web',
  kind: 'service',
  state: 'backing-off',
  since: '2026-11-23T07:30:00.000Z',
  archive: 'a'.repeat(64),
  problem: 'Starts again soon (exited with code 3)',
  restarts: 2,
  lastRun: '2026-11-23T07:00:00.000Z',
  lastOutcome: 'exited with code 3',
};

test('services are listed with what they are doing and why', async () => {
  const services = (): Promise<UnitState[]> => Promise.resolve([WEB]);
  const { code, stdout } = await runCommanderAgent(['services', 'list'], { services });
  const [headings, row] = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(code).toBe(0);
  expect(headings).toEqual(['SERVICE', 'STATE', 'SINCE', 'PROCESS', 'RESTARTS', 'LAST END', 'PROBLEM']);
  expect(row).toEqual([
    ...['web', 'backing-off', '30 min ago', '-', '2'],
    ...['exited with code 3', 'Starts again soon (exited with code 3)'],
  ]);
});

test('as JSON they are complete', async () => {
  const services = (): Promise<UnitState[]> => Promise.resolve([WEB]);
  const { stdout } = await runCommanderAgent(['services', 'list', '--json'], { services });
  expect(JSON.parse(stdout)).toEqual([WEB]);
});

test('without services it says so, and not on stdout', async () => {
  const services = (): Promise<UnitState[]> => Promise.resolve([]);
  const { stdout, stderr } = await runCommanderAgent(['services', 'list'], { services });
  expect([stdout, stderr.trim()]).toEqual(['', 'No services are assigned to this endpoint.']);
});

import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { formatUnits } from '../../../../src/cli/format/unit-tables.ts';
import { sampleServiceView, sampleTaskView } from '../../../support/sample-units.ts';

const cellsOf = (table = '') => table.split('\n').map((line) => line.split(/ {2,}/));

test('units are a table, and what cannot be kept another', () => {
  const task = sampleTaskView();
  const service = sampleServiceView({ problem: 'Parked' });
  const [units, problems, ...more] = formatUnits([task, service], [{ name: 'x', message: 'No such zone' }]);
  expect(cellsOf(units)).toEqual([
    ['NAME', 'KIND', 'STATE', 'SINCE', 'LAST RESULT', 'NEXT RUN', 'PROBLEM'],
    ['backup', 'task', 'idle', localTime(task.since), 'succeeded', localTime(task.nextRun ?? ''), '-'],
    ['web', 'service', 'running', localTime(service.since), 'exited with code 1', '-', 'Parked'],
  ]);
  expect(cellsOf(problems)).toEqual([
    ['CANNOT BE KEPT AS WANTED', 'PROBLEM'],
    ['x', 'No such zone'],
  ]);
  expect(more).toEqual([]);
});

test('of nothing there is no table', () => {
  expect(formatUnits([], [])).toEqual([]);
});

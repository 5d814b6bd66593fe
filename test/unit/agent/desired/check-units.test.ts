import { expect, test } from '@jest/globals';
import { checkUnits } from '../../../../src/agent/desired/check-units.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { sampleTask } from '../../../support/sample-task.ts';

const TASK = sampleTask({ everySeconds: 60 });
const SERVICE = sampleService();

test('a bad unit is named with its problem, and hides no good one', async () => {
  const desired = {
    revision: 4,
    agentVersion: '2.0.0',
    tasks: [
      TASK,
      { ...TASK, name: 'zone', schedule: { cron: '0 8 * * *', timeZone: 'Mars/Olympus' } },
      { ...TASK, name: '../../etc' },
      TASK,
      null,
    ],
    services: [SERVICE, { ...SERVICE, name: 'other', filename: '/etc/passwd' }],
  };
  expect(await checkUnits(desired, undefined)).toEqual({
    revision: 4,
    agentVersion: '2.0.0',
    tasks: [TASK],
    services: [SERVICE],
    problems: [
      { name: 'zone', message: expect.stringContaining('There is no time zone "Mars/Olympus"') },
      { name: '../../etc', message: expect.stringContaining('"name"') },
      { name: 'cleanup', message: 'Task "cleanup" is there twice' },
      { name: 'Task 5', message: expect.stringContaining('The task is not valid') },
      { name: 'other', message: expect.stringContaining('"filename"') },
    ],
  });
});

test('of a unit that has become bad, what there is stays', async () => {
  const before = { revision: 1, tasks: [TASK], services: [SERVICE], problems: [] };
  const desired = {
    revision: 2,
    tasks: [{ ...TASK, schedule: { cron: '0 0 31 2 *' } }],
    services: [{ ...SERVICE, archive: 'none' }],
  };
  expect(await checkUnits(desired, before)).toMatchObject({
    revision: 2,
    tasks: [TASK],
    services: [SERVICE],
    problems: [{ name: 'cleanup' }, { name: 'web' }],
  });
});

test('what is not named any more goes', async () => {
  const before = { revision: 1, tasks: [TASK], services: [SERVICE], problems: [] };
  expect(await checkUnits({ revision: 2, tasks: [], services: [] }, before)).toEqual({
    ...{ revision: 2, tasks: [], services: [], problems: [] },
  });
});

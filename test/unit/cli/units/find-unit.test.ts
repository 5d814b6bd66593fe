import { expect, test } from '@jest/globals';
import { findUnit, unitsOf } from '../../../../src/cli/units/find-unit.ts';
import { UNIT_LIBRARY } from '../../../support/sample-units.ts';

test.each(['backup', 'back', 'backup.sh', 'BACKUP'])('"%s" is the task of that name or file', (text) => {
  expect(findUnit(UNIT_LIBRARY, 'task', text).filename).toBe('backup.sh');
});

test.each(['web', 'hello.sh', ''])('"%s" is no task', (text) => {
  expect(() => findUnit(UNIT_LIBRARY, 'task', text)).toThrow(
    expect.objectContaining({ code: 'LIBRARY_ENTRY_NOT_FOUND', message: `There is no task "${text}"` }),
  );
});

test('only services are services', () => {
  expect(unitsOf(UNIT_LIBRARY, 'service').map(({ unit }) => unit.name)).toEqual(['web']);
});

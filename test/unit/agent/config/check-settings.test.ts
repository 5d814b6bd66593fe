import { expect, test } from '@jest/globals';
import { checkSettings } from '../../../../src/agent/config/check-settings.ts';

test.each([{}, { log: {} }, { jobs: { archive: {} } }, { reconnectSpreadSeconds: 0 }])(
  '%j is fine',
  (settings) => {
    expect(checkSettings(settings, 'The file')).toBe(settings);
  },
);

test.each([null, 7, 'x', [{}]])('%j is no object', (settings) => {
  expect(() => checkSettings(settings, 'The file')).toThrow(
    'The file is not valid: it must hold one JSON object',
  );
});

test.each([
  [{ x: 1 }, 'x'],
  [{ log: { x: 1 } }, 'log.x'],
  [{ jobs: { x: 1 } }, 'jobs.x'],
  [{ jobs: { archive: { x: 1 } } }, 'jobs.archive.x'],
])('in %j there is a key that nobody knows', (settings, name) => {
  expect(() => checkSettings(settings, 'The file')).toThrow(
    `The file is not valid: "${name}" is not a setting of this agent`,
  );
});

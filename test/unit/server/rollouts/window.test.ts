import { expect, test } from '@jest/globals';
import { isOpen } from '../../../../src/server/rollouts/window.ts';

const at = (time: string): number => Date.parse(`2026-11-23T${time}:00Z`);

test.each([
  ['09:00', '17:00', '08:59', false],
  ['09:00', '17:00', '09:00', true],
  ['09:00', '17:00', '16:59', true],
  ['09:00', '17:00', '17:00', false],
  ['22:00', '04:00', '21:59', false],
  ['22:00', '04:00', '23:59', true],
  ['22:00', '04:00', '00:00', true],
  ['22:00', '04:00', '04:00', false],
  ['06:00', '06:00', '12:00', true],
])('from %s to %s, at %s: %p', (from, to, time, open) => {
  expect(isOpen({ from, to, timeZone: 'UTC' }, at(time))).toBe(open);
});

test('its times are those of its zone', () => {
  const window = { from: '22:00', to: '23:00', timeZone: 'Asia/Tokyo' };
  expect([isOpen(window, at('13:30')), isOpen(window, at('22:30'))]).toEqual([true, false]);
});

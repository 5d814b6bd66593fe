import { expect, test } from '@jest/globals';
import { ClockWatch } from '../../../../src/agent/schedule/clock-watch.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

test('tells each setting back once, and neither time that passes nor small corrections nor jumps ahead', async () => {
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  onlySleeper(clock);
  const watch = new ClockWatch(clock);
  await clock.advance(3_600_000);
  expect(watch.setBackMs()).toBe(0);
  clock.jump(-500);
  expect(watch.setBackMs()).toBe(0);
  clock.jump(60_000);
  expect(watch.setBackMs()).toBe(0);
  clock.jump(-3_600_000);
  expect([watch.setBackMs(), watch.setBackMs()]).toEqual([3_600_000, 0]);
});

/** The clock waits for one. */
function onlySleeper(clock: VirtualClock): void {
  void clock.sleep(Infinity);
}

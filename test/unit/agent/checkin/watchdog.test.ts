import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Watchdog } from '../../../../src/agent/checkin/watchdog.ts';
import { waitFor } from '../../../support/wait-for.ts';

test('silence is noticed after its limit, once', async () => {
  let barks = 0;
  const begun = performance.now();
  const dog = new Watchdog(40, () => (barks += 1));
  await waitFor(() => barks > 0, { what: 'a bark', everyMs: 1 });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(39);
  await waitFor(() => performance.now() - begun > 120, { what: 'more than twice the limit' });
  dog.stop();
  expect(barks).toBe(1);
});

test('while something is heard there is no silence', async () => {
  let barks = 0;
  const dog = new Watchdog(150, () => (barks += 1));
  for (let heard = 0; heard < 20; heard++) {
    await delay(15);
    dog.heard();
  }
  dog.stop();
  expect(barks).toBe(0);
});

test('one that was stopped holds up no process and says nothing more', async () => {
  let barks = 0;
  const dog = new Watchdog(10, () => (barks += 1));
  dog.stop();
  await delay(30);
  expect(barks).toBe(0);
});

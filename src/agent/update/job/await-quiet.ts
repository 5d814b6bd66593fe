import { sleepOrRing } from '../../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../../lib/wakeup.ts';
import type { UpdateContext } from './updater-options.ts';

/** Resolves when no job runs, or those that do may be interrupted; no other is started from then on. */
export async function awaitQuiet(context: UpdateContext): Promise<void> {
  const { jobs, whenBusy, drainMs, output, clock, signal } = context;
  for (;;) {
    if (await isQuietInTime(context)) return;
    const seconds = drainMs / 1000;
    if (whenBusy === 'interrupt') {
      output.line(`Jobs still run after ${seconds} s; they are interrupted`);
      return;
    }
    if (whenBusy === 'wait') {
      output.line(`Jobs still run after ${seconds} s; waiting until they have ended`);
      await raceOf(jobs.drain(), signal);
      return;
    }
    output.line(`Jobs still run after ${seconds} s; trying again in as long`);
    jobs.resume();
    await clock.sleep(drainMs, signal);
  }
}

async function isQuietInTime({ jobs, drainMs, clock, signal }: UpdateContext): Promise<boolean> {
  let isQuiet = false;
  const bell = new Wakeup();
  void jobs.drain().then(() => {
    isQuiet = true;
    bell.ring();
  });
  await sleepOrRing(drainMs, { clock, bell, signal });
  return isQuiet;
}

async function raceOf(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const bell = new Wakeup();
  void work.then(() => bell.ring());
  await bell.wait(signal);
}

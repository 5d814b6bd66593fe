import { randomUUID } from 'node:crypto';
import type { PreflightOrder } from '../agent/update/preflight.ts';
import type { GuardOrder } from '../agent/update/switch/guard-order.ts';
import { systemClock } from '../lib/clock.ts';
import { EXIT } from '../lib/exit-codes.ts';
import { self } from '../lib/self.ts';
import { Stopped } from '../lib/stopped.ts';
import { keepProgram } from '../platform/own-shepherd.ts';
import type { ShepherdOrder } from '../platform/platform.ts';
import { currentPlatform } from '../platform/select.ts';
import { answerAs, shepherdPipe } from '../platform/shepherd-pipe.ts';

/** What the agent runs itself for, as `internal <applet>`; no command for people. Gives back an exit code. */
export async function runInternal([applet, ...args]: readonly string[]): Promise<number> {
  switch (applet) {
    case 'shepherd':
      await beShepherd(JSON.parse(args[0] ?? '') as ShepherdOrder);
      return EXIT.ok;
    case 'guard':
      await beGuard(JSON.parse(args[0] ?? '') as GuardOrder);
      return EXIT.ok;
    case 'preflight':
      await bePreflight(JSON.parse(args[0] ?? '') as PreflightOrder);
      return EXIT.ok;
    default:
      return EXIT.usage;
  }
}

async function beGuard(order: GuardOrder): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => stop.abort(new Stopped('shutdown')));
  const { runGuard } = await import('../agent/compose/guard.ts');
  const host = { platform: currentPlatform(), clock: systemClock, environment: process.env };
  await runGuard(order, { host, signal: stop.signal });
}

async function bePreflight(order: PreflightOrder): Promise<void> {
  const { runPreflight } = await import('../agent/compose/preflight.ts');
  const host = { platform: currentPlatform(), environment: process.env };
  const report = await runPreflight(order, { host, self: self(), signal: new AbortController().signal });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function beShepherd(order: ShepherdOrder): Promise<void> {
  const identity = `${process.pid} ${randomUUID()}`;
  const stopAnswering = await answerAs(identity, shepherdPipe(process.pid));
  const host = { platform: currentPlatform(), environment: process.env, cwd: process.cwd() };
  await keepProgram(order, { ...host, identity });
  stopAnswering();
}

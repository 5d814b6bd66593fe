import { join } from 'node:path';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';
import {
  isInstanceLockHeld,
  takeInstanceLock,
  type InstanceLock,
} from '../../../store/single-instance-lock.ts';
import { LOCK_NAME } from '../../../store/agent/open-agent-store.ts';
import type { GuardOrder } from './guard-order.ts';
import { judge, type JudgeOptions, type Suspect, type Verdict } from './judge.ts';
import { isOnProbation } from './keep-alive.ts';
import { changeSwitch, loadSwitch } from './switch-file.ts';
import { proven, turnedBack, type SwitchState } from './switch-state.ts';
import { guardLockPathOf } from './versions-folder.ts';

export interface GuardOptions {
  readonly order: GuardOrder;
  readonly suspect: Suspect & { kill(): Promise<void> };
  readonly reachesServer: JudgeOptions['reachesServer'];
  /** Starts an agent that is not waited for; absent where a keeper does it. */
  readonly startAgent?: () => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const LOOK_MS = 250;
/** So long a service manager has to start the agent again; where there is none, nobody else does. */
const RESTART_PATIENCE_MS = 10_000;
const UNSEEN = 'It ended by itself, before it gave any sign of life';

/** Watches over a version on probation until it is proven, given up, or was asked to stop. There is one guard at a time. */
export async function guard(options: GuardOptions): Promise<void> {
  const lock = await takeOver(options);
  if (lock === undefined) return;
  try {
    await watch(options);
  } finally {
    lock.release();
  }
}

/** The guard of the start before may still be about to judge. */
async function takeOver({ order, suspect, clock, signal }: GuardOptions): Promise<InstanceLock | undefined> {
  const { stateDir, version } = order;
  for (;;) {
    const lock = takeInstanceLock(guardLockPathOf(stateDir));
    if (lock !== undefined) return lock;
    if (!(await suspect.isAlive()) && !isOnProbation(stateDir, version)) return undefined;
    await clock.sleep(LOOK_MS, signal);
  }
}

async function watch(options: GuardOptions): Promise<void> {
  const { order, suspect, log } = options;
  const { stateDir, version, pid } = order;
  log.info('guard.started', 'Watching over a version on probation', { version, pid });
  const verdict = await judge({
    ...order.limits,
    ...options,
    suspect: {
      isAlive: () => suspect.isAlive(),
      heartbeat: () => suspect.heartbeat(),
      hasCheckedIn: () => suspect.hasCheckedIn(),
      isStopping: () => suspect.isStopping() || !isOnProbation(stateDir, version),
    },
  });
  log.info('guard.verdict', 'The watch is over', { version, pid, ...verdict });
  await conclude(verdict, options);
}

async function conclude(verdict: Verdict, options: GuardOptions): Promise<void> {
  const { order, clock } = options;
  const { stateDir, version } = order;
  const change = (to: (state: SwitchState) => SwitchState): SwitchState =>
    changeSwitch({ stateDir, own: version }, (state) =>
      state.probation?.version === version ? to(state) : state,
    );
  if (!isOnProbation(stateDir, version)) {
    await seeOut(options);
  } else if (verdict.kind === 'proven') {
    change(proven);
  } else if (verdict.kind === 'unseen' && order.starts <= 1) {
    await bringBack(options); // a crash shows again at the next start; a stop does not
  } else if (verdict.kind !== 'adjourned') {
    const reason = verdict.kind === 'bad' ? verdict.reason : UNSEEN;
    attemptTo(options, () => change((state) => turnedBack(state, { reason, at: clock.now() })));
    await options.suspect.kill();
    await bringBack(options);
  }
}

/** It was given up while this guard waited for its turn; it may not even notice. */
async function seeOut({ order, suspect, clock, signal }: GuardOptions): Promise<void> {
  const deadline = clock.monotonic() + order.limits.hangMs;
  while ((await suspect.isAlive()) && isNotCurrent(order)) {
    if (clock.monotonic() >= deadline) {
      await suspect.kill();
      return;
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

function isNotCurrent({ stateDir, version }: GuardOrder): boolean {
  return loadSwitch(stateDir)?.current !== version;
}

async function bringBack({ order, startAgent, clock, log, signal }: GuardOptions): Promise<void> {
  if (startAgent === undefined) return;
  const lockPath = join(order.stateDir, LOCK_NAME);
  const deadline = clock.monotonic() + RESTART_PATIENCE_MS;
  while (clock.monotonic() < deadline) {
    if (isInstanceLockHeld(lockPath) || isStartedAgain(order)) return;
    await clock.sleep(LOOK_MS, signal);
  }
  log.info('guard.restart', 'Nobody has started the agent again; starting it', { ...order.agent });
  startAgent();
}

function isStartedAgain({ stateDir, starts }: GuardOrder): boolean {
  return (loadSwitch(stateDir)?.probation?.starts ?? 0) > starts;
}

/** On a full disk the start counter is what turns back. */
function attemptTo({ log }: GuardOptions, save: () => unknown): void {
  try {
    save();
  } catch (error) {
    log.error('guard.unsaved', 'Could not write down that a version was given up', { err: error });
  }
}

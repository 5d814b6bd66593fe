import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../clock.ts';
import { OutputSpill, type SpillOptions } from './output-spill.ts';
import type { ProcessTree } from './process-tree.ts';
import { startChild, type StartOptions } from './start-child.ts';
import { whenToEnd, type EndReason, type TimeLimits } from './when-to-end.ts';

/** Helpers of a program that has ended (a `tee` of its shell) get this long to write what they still hold. */
const LINGER_MS = 500;
/** What cannot be ended by then (a process stuck in the kernel) is given up, and named in the result. */
const KILL_DEADLINE_MS = 5_000;
/** For reading what is left in the pipes once everything that could still write to them has been ended. */
const DRAIN_MS = 1_000;

export interface RunProcessOptions extends StartOptions, SpillOptions, TimeLimits {
  readonly treeOf: (child: ChildProcess) => ProcessTree;
  /** Between asking the tree to end and forcing it. */
  readonly endGraceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface ProcessResult {
  /** Why it ended: by itself, or the first of us who wanted it to. */
  readonly ended: 'exited' | EndReason;
  /** Absent when a signal ended it, or when nothing could. */
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** Processes that would not die. */
  readonly survivors: readonly number[];
  /** Why some output could not be kept, if so. */
  readonly outputProblem?: unknown;
}

/**
 * Runs a program to its end, with no input, its output in two files, and nothing of its tree left when this resolves.
 * It gets pipes rather than the files themselves: only whoever reads a pipe can keep both ends of a flood.
 * @throws AppError SPAWN_FAILED; `signal.reason` when aborted before the start
 */
export async function runProcess(options: RunProcessOptions): Promise<ProcessResult> {
  options.signal.throwIfAborted();
  const child = await startChild(options);
  const over = new AbortController();
  try {
    return await seeToItsEnd(child, options, over.signal);
  } finally {
    over.abort();
  }
}

async function seeToItsEnd(
  child: ChildProcess,
  options: RunProcessOptions,
  over: AbortSignal,
): Promise<ProcessResult> {
  const exit = new Promise<'exited'>((resolve) => child.once('exit', () => resolve('exited')));
  const tree = options.treeOf(child);
  const output = new OutputSpill(child, options);
  const atMost = async (ms: number, wait: Promise<unknown>): Promise<unknown> =>
    await Promise.race([wait, options.clock.sleep(ms, over)]);

  const ended = await Promise.race([exit, whenToEnd(options, { over, lastOutputAt: () => output.lastAt })]);
  if (ended === 'exited') {
    await atMost(LINGER_MS, output.closed);
  } else {
    await tree.ask();
    await atMost(options.endGraceMs, exit);
  }
  const { survivors } = await tree.kill(KILL_DEADLINE_MS);
  await atMost(DRAIN_MS, Promise.all([exit, output.closed]));
  return { ended, ...exitOf(child), ...(await output.finish()), survivors };
}

function exitOf(child: ChildProcess): Pick<ProcessResult, 'exitCode' | 'signal'> {
  if (child.exitCode !== null) return { exitCode: child.exitCode };
  return child.signalCode === null ? {} : { signal: child.signalCode };
}

import { once } from 'node:events';
import { linkSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { describeError, systemErrorCode } from '../lib/errors.ts';
import { startChild } from '../lib/process/start-child.ts';
import type { Platform, ShepherdOrder } from './platform.ts';
import { ShepherdLog } from './shepherd-log.ts';

/** What left the program's tree and cannot be found may hold its output open; nobody waits longer for that. */
const OUTPUT_PATIENCE_MS = 2_000;
const KILL_DEADLINE_MS = 5_000;
/** What a shell says of a command that it cannot start. */
const NOT_STARTED = 127;

export interface KeepOptions {
  readonly platform: Pick<Platform, 'processTree' | 'ownGroup'>;
  /** Of this process, in the words of `Platform.processIdentity`. */
  readonly identity: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * What `posixShepherd` does, by the same rules, where there is no shell that can. Does nothing when somebody else has the
 * folder. At the end it also ends what the program has left behind: that is told by its parent here, of whom nobody knows later.
 */
export async function keepProgram(order: ShepherdOrder, options: KeepOptions): Promise<void> {
  const { runDir, logPath } = order;
  if (!takeToken(runDir, options.identity)) return;
  const log = new ShepherdLog(logPath, () => readFileSync(join(runDir, 'log-limits'), 'utf8'));
  try {
    await runProgram(order, { ...options, log });
  } catch (error) {
    log.write(Buffer.from(`${describeError(error)}\n`));
    noteExit(runDir, NOT_STARTED);
  } finally {
    log.close();
  }
}

async function runProgram(
  { runDir, command, args }: ShepherdOrder,
  { platform, environment, cwd, log }: KeepOptions & { readonly log: ShepherdLog },
): Promise<void> {
  const mark = { name: 'COMMANDER_SERVICE', value: runDir };
  const env = { ...environment, [mark.name]: mark.value };
  const { ownGroup } = platform;
  const child = await startChild({ command, args, cwd, env, ownGroup, clock: systemClock });
  const tree = platform.processTree({ child, mark });
  writeFileSync(join(runDir, 'program'), `${child.pid ?? ''}\n`);
  const outputs = [child.stdout, child.stderr].filter((stream) => stream !== null);
  for (const output of outputs) output.on('data', (piece: Uint8Array) => log.write(piece));
  const closed = once(child, 'close');
  await once(child, 'exit');
  const { exitCode, signalCode } = child;
  noteExit(runDir, exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode]));
  await tree.kill(KILL_DEADLINE_MS);
  await within(OUTPUT_PATIENCE_MS, closed);
  for (const output of outputs) output.destroy();
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, systemClock.sleep(ms, over.signal).catch(() => undefined)]);
  over.abort(); // or the timer would keep this process for so long
}

/** In one piece. */
function noteExit(runDir: string, code: number): void {
  const path = join(runDir, 'exit');
  writeFileSync(`${path}.part`, `${code}\n`);
  renameSync(`${path}.part`, path);
}

/** The link exists once, and is whole at once. */
function takeToken(runDir: string, identity: string): boolean {
  try {
    writeFileSync(join(runDir, 'birth'), `${identity}\n`);
    linkSync(join(runDir, 'birth'), join(runDir, 'shepherd'));
    return true;
  } catch (error) {
    if (['EEXIST', 'ENOENT'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}

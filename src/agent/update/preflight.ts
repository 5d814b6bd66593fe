import { execFile, type ExecException } from 'node:child_process';
import { cpSync, existsSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { examineExecutable, type ExecutableFinding } from '../../lib/examine-executable.ts';
import { makePrivateDir } from '../../lib/make-private-dir.ts';
import type { SettingFlags } from '../../protocol/endpoint.ts';
import { DATABASE_NAME } from '../../store/agent/agent-database.ts';
import { copyAgentStore, tryAgentStore } from '../../store/agent/copy-agent-store.ts';
import { requireSpace } from './download/require-space.ts';
import { versionsDirOf } from './switch/versions-folder.ts';

/** What `internal preflight` is told. */
export interface PreflightOrder {
  readonly flags: SettingFlags;
  /** A copy, made for this. */
  readonly stateDir: string;
}

/** What `internal preflight` prints, as JSON. */
export type PreflightReport =
  { readonly version: string; readonly reachesServer: boolean } | { readonly error: string };

export interface PreflightOptions {
  readonly version: string;
  readonly executablePath: string;
  /** What runs here, as in `linux-x64`. */
  readonly machine: string;
  readonly stateDir: string;
  /** As this agent was started with. */
  readonly flags: SettingFlags;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether this version does. */
  readonly reachesServer: (signal: AbortSignal) => Promise<boolean>;
  readonly timeoutMs?: number;
  /** Bytes that may still be written in a folder; those that the system says, unless a test knows better. */
  readonly freeBytes?: (dir: string) => Promise<number>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 60_000;
const MAX_REPORT_BYTES = 1024 ** 2;

/**
 * Has another version show what it can, on a copy of this endpoint's state and with its identity, before anything is switched to
 * it: whether it starts here, reads and migrates what there is, reaches the server and starts programs, and whether this version
 * can still read the state after that.
 * @throws AppError VERSION_UNFIT when it cannot; DISK_FULL or STATE_UNWRITABLE (retryable) when there is no room for a copy
 */
export async function preflight(options: PreflightOptions): Promise<void> {
  const { stateDir, flags, version, reachesServer, signal } = options;
  const copyDir = join(versionsDirOf(stateDir), 'preflight');
  await requireProgram(options);
  try {
    await copyState(options, copyDir);
    const report = await ask({ flags, stateDir: copyDir }, options);
    if ('error' in report) throw unfit(version, report.error);
    if (report.version !== version) throw unfit(version, `it calls itself "${report.version}"`);
    requireReadable(copyDir, version);
    if (!report.reachesServer && (await reachesServer(signal)))
      throw unfit(version, 'it does not reach the server, which the running version does');
  } catch (error) {
    signal.throwIfAborted();
    await requireRoom(options); // without it no version can show anything
    throw error;
  } finally {
    rmSync(copyDir, { recursive: true, force: true });
  }
}

/** Before it is started: what the system does not take for a program, libc gives to a shell. */
async function requireProgram({ version, executablePath, machine }: PreflightOptions): Promise<void> {
  const finding = await examine(executablePath, version);
  if ('defect' in finding) throw unfit(version, finding.defect);
  if (finding.machine !== machine)
    throw unfit(version, `it is for ${finding.machine}, this machine is ${machine}`);
}

async function examine(executablePath: string, version: string): Promise<ExecutableFinding> {
  try {
    await using file = await open(executablePath);
    return await examineExecutable(file);
  } catch (cause) {
    throw unfit(version, 'its executable cannot be read', cause);
  }
}

/** For the copy, and for what becomes of it. */
async function requireRoom({ stateDir, freeBytes }: PreflightOptions): Promise<void> {
  const { size = 0 } = statSync(join(stateDir, DATABASE_NAME), { throwIfNoEntry: false }) ?? {};
  await requireSpace({ dir: stateDir, bytes: 2 * size, ...(freeBytes && { freeBytes }) });
}

async function copyState(options: PreflightOptions, copyDir: string): Promise<void> {
  const { stateDir } = options;
  rmSync(copyDir, { recursive: true, force: true }); // what a power cut has left
  await requireRoom(options);
  try {
    makePrivateDir(copyDir);
    copyAgentStore(stateDir, copyDir);
    const identityDir = join(stateDir, 'identity');
    if (existsSync(identityDir)) cpSync(identityDir, join(copyDir, 'identity'), { recursive: true });
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot copy the state to "${copyDir}"`, {
      ...{ cause, retryable: true },
    });
  }
}

async function ask(order: PreflightOrder, options: PreflightOptions): Promise<PreflightReport> {
  const { version, executablePath, environment: env, signal, timeoutMs = TIMEOUT_MS } = options;
  const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_REPORT_BYTES } as const;
  return await new Promise((resolve, reject) => {
    const args = ['internal', 'preflight', JSON.stringify(order)];
    execFile(executablePath, args, { ...limits, env, signal, windowsHide: true }, (error, stdout, stderr) => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (error?.killed === true) reject(unfit(version, `it was not done after ${timeoutMs} ms`));
      else if (error !== null) reject(unfit(version, endingOf(error, stderr), error));
      else resolve(reportIn(stdout));
    });
  });
}

function reportIn(stdout: string): PreflightReport {
  try {
    const report = JSON.parse(stdout) as PreflightReport;
    if ('error' in report || typeof report.reachesServer === 'boolean') return report;
  } catch {
    // told below
  }
  return { error: 'it answered something that is no report' };
}

function requireReadable(copyDir: string, version: string): void {
  try {
    tryAgentStore(copyDir);
  } catch (cause) {
    throw unfit(version, 'the running version could not read what it would leave behind', cause);
  }
}

function unfit(version: string, why: string, cause?: unknown): AppError {
  return new AppError('VERSION_UNFIT', `Version ${version} does not work on this endpoint: ${why}`, {
    cause,
  });
}

function endingOf({ signal }: ExecException, stderr: string): string {
  const words = stderr.trim().slice(-500);
  const by = typeof signal === 'string' ? ` by ${signal}` : '';
  return `it ended at once${by}${words === '' ? '' : `: ${words}`}`;
}

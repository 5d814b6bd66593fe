import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { AppError } from '../../lib/errors.ts';
import type { ReleaseChange } from '../../protocol/schemas/releases.ts';
import { printNote, printResult, type Console } from '../console.ts';

export const DEFAULT_REQUEST = 'release-request.json';
export const REQUEST_HELP = 'where to write what has to be signed, if a key is kept elsewhere';

export interface Settled {
  /** Said once the change counts. */
  done: string;
  /** Where the request goes when it does not yet. */
  requestPath: string;
  /** Goes into the JSON result. */
  value?: object;
}

/** Says what came of a change; what waits for signatures is written to a file, with what to do next. */
export function settleChange(console: Console, change: ReleaseChange, settled: Settled): void {
  const { done, requestPath, value = {} } = settled;
  const isSigned = change.needs.length === 0;
  if (!isSigned) writeRequest(requestPath, change);
  const request = isSigned ? {} : { request: requestPath, needs: change.needs };
  if (console.json) printResult(console, { ...value, signed: isSigned, ...request }, '');
  else if (isSigned) printNote(console, done);
  else for (const line of whatToDo(change, requestPath)) printNote(console, line);
}

export function signedPath(requestPath: string): string {
  return join(dirname(requestPath), `${basename(requestPath, '.json')}.signed.json`);
}

/** @throws AppError STATE_UNWRITABLE */
export function writeRequest(path: string, change: ReleaseChange): void {
  try {
    writeFileAtomic(path, `${JSON.stringify(change, undefined, 2)}\n`, { mode: 0o644 });
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot write "${path}"`, { cause });
  }
}

function whatToDo({ needs }: ReleaseChange, requestPath: string): string[] {
  const keys = needs.map(({ role, keyID }) => `the "${role}" key ${keyID.slice(0, 8)}`).join(' and ');
  return [
    `Nothing has changed for agents yet: ${keys} must sign, and is not on the server.`,
    `  Where it is:  commander releases sign ${requestPath} --key FILE`,
    `  Then here:    commander releases import ${signedPath(requestPath)}`,
  ];
}

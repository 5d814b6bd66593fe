import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program for this machine's own shell, that the library takes as it is. */
export interface JobScript {
  readonly filename: string;
  readonly content: string;
}

const isWindows = process.platform === 'win32';

/** Appends the job's ID to the file that is its first argument: one line a run. */
export const COUNT_RUN = script('count', {
  sh: 'echo "$COMMANDER_JOB_ID" >> "$1"; echo counted',
  cmd: 'echo %COMMANDER_JOB_ID%>> "%~1"\r\necho counted',
});

/** Counts its run as `COUNT_RUN` does, and ends once the file that is its second argument is there, or the first one gone. */
export const COUNT_AND_WAIT = script('wait', {
  sh: 'echo "$COMMANDER_JOB_ID" >> "$1"; while [ -e "$1" ] && [ ! -e "$2" ]; do sleep 0.05; done; echo waited',
  cmd: 'echo %COMMANDER_JOB_ID%>> "%~1"\r\n:again\r\nif not exist "%~1" exit /b 1\r\nif not exist "%~2" (ping -n 1 127.0.0.1 > nul & goto again)\r\necho waited',
});

/** Prints its arguments, and fails with the code that is the first one. */
export const SAY_AND_EXIT = script('say', {
  sh: 'code=$1; shift; echo "$@"; echo complaint >&2; exit "$code"',
  cmd: 'echo %~2 %~3\r\necho complaint>&2\r\nexit /b %~1',
});

/** Says so, now and then, until it is ended or its file is gone: a test that fails leaves no service behind. */
export const SAY_FOREVER = script('forever', {
  sh: 'while [ -e "$0" ]; do echo "still here"; sleep 0.2; done',
  cmd: ':again\r\necho still here\r\nping -n 2 127.0.0.1 > nul\r\ngoto again',
});

function script(name: string, { sh, cmd }: { sh: string; cmd: string }): JobScript {
  if (isWindows) return { filename: `${name}.cmd`, content: `@echo off\r\n${cmd}\r\n` };
  return { filename: `${name}.sh`, content: `#!/bin/sh\n${sh}\n` };
}

/** Does the same, in an archive that is too large to travel with its push. */
export function enlarged({ filename, content }: JobScript): JobScript {
  const comment = isWindows ? '\r\nexit /b\r\n:: ' : '\nexit\n# ';
  return { filename: `large-${filename}`, content: content + comment + randomBytes(100_000).toString('hex') };
}

/** @returns the path of the script, to be given to `library add` */
export function writeScript(dir: string, { filename, content }: JobScript): string {
  const path = join(dir, filename);
  writeFileSync(path, content);
  return path;
}

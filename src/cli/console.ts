import type { Readable, Writable } from 'node:stream';

/** All that a command sees of the terminal and the process it runs in. Data goes to `stdout`, everything else to `stderr`. */
export interface Console {
  readonly stdin: TerminalInput;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Environment;
  /** A person is there to answer a prompt: stdin and stderr are both terminals. */
  readonly isTTY: boolean;
  readonly color: boolean;
  /** Width for help and tables, in characters. */
  readonly columns: number;
  /** Results and errors are JSON documents. `runProgram` sets it when the user says `--json`. */
  readonly json: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type TerminalInput = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

/** The console of this process. A reader that closes early (`| head`), or none at all (an installer's step), ends output, not the program. */
export function systemConsole({ stdin, stdout, stderr, env }: NodeJS.Process): Console {
  for (const stream of [stdout, stderr]) stream.on('error', ignoreMissingReader);
  return {
    stdin,
    stdout,
    stderr,
    env,
    isTTY: stdin.isTTY && stderr.isTTY,
    color: stdout.isTTY && !env['NO_COLOR'],
    columns: stdout.columns || 80,
    json: false,
  };
}

/** Prints a command's one result: `value` as JSON when asked for, else `text`, which may be empty. */
export function printResult(console: Console, value: unknown, text: string): void {
  if (console.json) console.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  else if (text !== '') console.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints a line for people on stderr: progress, hints, what was done. */
export function printNote(console: Console, line: string): void {
  console.stderr.write(`${line}\n`);
}

function ignoreMissingReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EBADF') throw error;
}

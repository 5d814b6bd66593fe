import { PassThrough, Writable } from 'node:stream';
import { commander, type CommanderPorts } from '../../src/cli/commander.ts';
import type { Console, Environment } from '../../src/cli/console.ts';
import { runProgram, type BuildProgram } from '../../src/cli/program.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { ExitCode } from '../../src/lib/exit-codes.ts';

export interface CommandRun {
  code: ExitCode;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Environment;
  /** What is on stdin. */
  input?: string;
  /** What a person types, one line for each prompt; makes the console a terminal. */
  typed?: readonly string[];
  ports?: Partial<CommanderPorts>;
}

/** Runs `commander` in this process, with streams instead of a terminal and a configuration folder of its own. */
export async function runCommander(
  argv: readonly string[],
  configDir: string,
  { ports, ...options }: RunOptions = {},
): Promise<CommandRun> {
  const env = { COMMANDER_CONFIG_DIR: configDir, ...options.env };
  const build = commander({
    os: 'linux',
    homeDir: configDir,
    clock: systemClock,
    init: () => Promise.reject(new Error('This test makes no server')),
    serve: () => Promise.reject(new Error('This test serves nothing')),
    untilInterrupted: () => Promise.resolve(),
    ...ports,
  });
  return await runCaptured(build, argv, { ...options, env });
}

/** Runs any program of ours and gives back what it wrote. */
export async function runCaptured(
  build: BuildProgram,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<CommandRun> {
  const captured = captureConsole(options);
  const code = await runProgram(build, argv, captured.console);
  return { code, stdout: captured.stdout(), stderr: captured.stderr() };
}

export interface CapturedConsole {
  console: Console;
  stdout: () => string;
  stderr: () => string;
}

export function captureConsole({ env = {}, input = '', typed }: RunOptions = {}): CapturedConsole {
  const stdin = new PassThrough();
  if (typed === undefined) stdin.end(input);
  const out = capture();
  const err = capture(typed === undefined ? undefined : answerPrompts(stdin, [...typed]));
  const console: Console = {
    stdin,
    stdout: out.stream,
    stderr: err.stream,
    env,
    isTTY: typed !== undefined,
    color: false,
    columns: 100,
    json: false,
  };
  return { console, stdout: out.text, stderr: err.text };
}

function capture(onWrite: (text: string) => void = () => undefined): {
  stream: Writable;
  text: () => string;
} {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      onWrite(chunk.toString());
      done();
    },
  });
  return { stream, text: () => text };
}

/** Types the next line whenever a prompt appears. */
function answerPrompts(stdin: PassThrough, lines: string[]): (text: string) => void {
  return (text) => {
    const line = text.endsWith(': ') ? lines.shift() : undefined;
    if (line !== undefined) setImmediate(() => stdin.write(`${line}\r`));
  };
}

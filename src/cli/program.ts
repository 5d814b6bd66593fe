import { CommanderError, type Command } from 'commander';
import { AppError, describeError, isAppError } from '../lib/errors.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../lib/exit-codes.ts';
import { printNote, type Console } from './console.ts';
import { hintFor } from './hints.ts';

export type BuildProgram = (console: Console) => Command;

/**
 * Runs one command line from parse to exit code. Whatever an action throws becomes one sentence on stderr and its exit code
 * from the table; with `--json` it becomes `{"error":{"code","message"}}` on stderr. Never throws, never exits the process.
 */
export async function runProgram(
  buildProgram: BuildProgram,
  argv: readonly string[],
  console: Console,
): Promise<ExitCode> {
  const chosen: Console = { ...console, json: wantsJson(argv) };
  const program = buildProgram(chosen);
  for (const command of walkCommands(program)) attach(command, chosen);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(program, argv, error, chosen);
  }
}

/** The command and everything below it. */
export function* walkCommands(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* walkCommands(child);
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}

/** commander would print its errors and exit by itself; here it throws them, and help goes to our streams. */
function attach(command: Command, console: Console): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.stdout.write(text),
      writeErr: (text) => console.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => console.columns,
      getErrHelpWidth: () => console.columns,
      getOutHasColors: () => console.color,
      getErrHasColors: () => console.color,
    })
    .configureHelp({ styleTitle: (title) => `\u001b[1m${title}\u001b[22m` });
}

function report(program: Command, argv: readonly string[], thrown: unknown, console: Console): ExitCode {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return EXIT.ok; // help or version was asked for and has been printed
    if (thrown.code === 'commander.help') return EXIT.usage; // a noun without a verb: its help has been printed
  }
  const { error, hint } = explain(thrown, `See "${namedCommand(program, argv)} --help"`);
  const message = describeError(error);
  if (console.json) {
    const code = isAppError(error) ? error.code : 'INTERNAL';
    printNote(console, JSON.stringify({ error: { code, message } }));
  } else {
    printNote(console, `${program.name()}: ${message}`);
    if (hint !== undefined) printNote(console, hint);
  }
  return exitCodeOf(error);
}

function explain(thrown: unknown, seeHelp: string): { error: unknown; hint: string | undefined } {
  if (!(thrown instanceof CommanderError)) return { error: thrown, hint: hintFor(thrown) };
  const [problem = '', suggestion] = thrown.message.replace(/^error: /, '').split('\n');
  const sentence = problem.replaceAll("'", '"').replace(/\.$/, '');
  return {
    error: new AppError('USAGE', sentence.charAt(0).toUpperCase() + sentence.slice(1)),
    hint: suggestion?.replace(/^\((.*)\)$/, '$1') ?? seeHelp,
  };
}

/** The longest command that the words name: "commander jobs assign". */
function namedCommand(program: Command, argv: readonly string[]): string {
  let [named, path] = [program, program.name()];
  for (const word of argv) {
    const next = named.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    [named, path] = [next, `${path} ${word}`];
  }
  return path;
}

import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import type { DocumentedCommand } from '../../src/cli/command.ts';
import { runProgram, walkCommands, type BuildProgram } from '../../src/cli/program.ts';
import { captureConsole } from './run-commander.ts';
import { splitCommandLine } from './split-command-line.ts';

/** Tests that hold for every command line of ours: call it in the test file of the executable. */
export function testCommandTree(build: BuildProgram): void {
  const tree = commandTree(build);
  const [program] = tree;
  const examples = [...new Set(tree.flatMap((command) => command.examples))];

  test('every command has a summary and an example that uses it', () => {
    const bare = tree.filter(
      (command) =>
        command.summary() === '' || !command.examples.some((line) => line.startsWith(commandPath(command))),
    );
    expect(bare.map(commandPath)).toEqual([]);
  });

  test('every option and argument says what it is', () => {
    const silent = tree.flatMap((command) =>
      [...command.options, ...command.registeredArguments]
        .filter(({ description }) => description === '')
        .map((part) => `${commandPath(command)} ${part.name()}`),
    );
    expect(silent).toEqual([]);
  });

  describe('the example parses:', () => {
    test.each(examples)('%s', async (example) => {
      const [name, ...argv] = splitCommandLine(example);
      const { console, stderr } = captureConsole();
      const code = await runProgram((own) => withoutActions(build(own)), argv, console);
      expect([name, code, stderr()]).toEqual([program?.name(), 0, '']);
    });
  });
}

/** All commands of an executable, its root first. */
export function commandTree(build: BuildProgram): DocumentedCommand[] {
  return [...walkCommands(build(captureConsole().console))] as DocumentedCommand[];
}

/** `commander jobs assign` */
export function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;
}

/** Parsing is all that happens. */
function withoutActions(program: Command): Command {
  for (const command of walkCommands(program)) {
    if (command.commands.length === 0) command.action(() => undefined);
  }
  return program;
}

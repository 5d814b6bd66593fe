import type { Command } from 'commander';
import { describe, expect, test } from '@jest/globals';
import type { DocumentedCommand } from '../../../src/cli/command.ts';
import { commander } from '../../../src/cli/commander.ts';
import { runProgram, walkCommands } from '../../../src/cli/program.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { captureConsole } from '../../support/run-commander.ts';
import { splitCommandLine } from '../../support/split-command-line.ts';

const build = commander({
  os: 'linux',
  homeDir: '/home/grace',
  clock: systemClock,
  serve: () => Promise.reject(new Error('not here')),
  untilInterrupted: () => Promise.resolve(),
});

const tree = [...walkCommands(build(captureConsole().console))] as DocumentedCommand[];
const examples = [...new Set(tree.flatMap((command) => command.examples))];

test('every command has a summary and an example that names it', () => {
  const bare = tree.filter((command) => {
    const path = pathOf(command);
    return command.summary() === '' || !command.examples.some((example) => example.startsWith(path));
  });
  expect(bare.map(pathOf)).toEqual([]);
});

test('every option and argument says what it is', () => {
  const silent = tree.flatMap((command) => {
    const parts = [...command.options, ...command.registeredArguments];
    return parts
      .filter(({ description }) => description === '')
      .map((part) => `${pathOf(command)} ${part.name()}`);
  });
  expect(silent).toEqual([]);
});

describe('the example parses:', () => {
  test.each(examples)('%s', async (example) => {
    const [name, ...argv] = splitCommandLine(example);
    const { console, stderr } = captureConsole();
    const code = await runProgram((own) => withoutActions(build(own)), argv, console);
    expect([name, code, stderr()]).toEqual(['commander', 0, '']);
  });
});

/** Parsing is all that happens. */
function withoutActions(program: Command): Command {
  for (const command of walkCommands(program)) {
    if (command.commands.length === 0) command.action(() => undefined);
  }
  return program;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

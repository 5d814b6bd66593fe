import type { Argument, Option } from 'commander';
import type { DocumentedCommand } from '../../src/cli/command.ts';
import type { BuildProgram } from '../../src/cli/program.ts';
import { commandPath, commandTree } from './command-tree.ts';

/** All commands of an executable as Markdown, as docs/cli.md shows them. */
export function formatReference(build: BuildProgram): string {
  const leaves = commandTree(build).filter(({ commands }) => commands.length === 0);
  return leaves.map(formatCommand).join('\n');
}

function formatCommand(command: DocumentedCommand): string {
  const takes = command.registeredArguments.map((argument) => ` ${usageOf(argument)}`).join('');
  const rows = [
    ...command.registeredArguments.map((argument) => [usageOf(argument), argument.description]),
    ...command.options
      .filter(({ long }) => long !== '--json')
      .map((option) => [option.flags, meaningOf(option)]),
  ];
  return [
    `### \`${commandPath(command)}${takes}\``,
    '',
    command.description().replace(/\n\n/, '.\n') + '.',
    '',
    ...(rows.length === 0 ? [] : ['| | |', '| --- | --- |', ...rows.map(formatRow), '']),
    '```sh',
    ...command.examples,
    '```',
    '',
  ]
    .join('\n')
    .replaceAll('..\n', '.\n');
}

function usageOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function meaningOf({ description, argChoices, defaultValue, mandatory }: Option): string {
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(defaultValue === undefined ? [] : [`default: ${String(defaultValue)}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

function formatRow([term = '', meaning = '']: readonly string[]): string {
  return `| \`${term}\` | ${meaning.replaceAll('|', '\\|')} |`;
}

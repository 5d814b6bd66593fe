import type { Command, Option } from 'commander';

/** One command as documentation and completions see it. */
export interface CommandFacts {
  /** The words after the executable's name; none for the executable itself. */
  path: readonly string[];
  summary: string;
  description: string;
  /** What comes after the words: `[options] <file>`. */
  usage: string;
  options: readonly OptionFacts[];
  /** Words that may follow. */
  subcommands: readonly string[];
  examples: readonly string[];
}

export interface OptionFacts {
  long: string;
  short: string | undefined;
  flags: string;
  description: string;
  takesValue: boolean;
  choices: readonly string[];
}

/** The command and everything below it that is not hidden, parents first. */
export function commandFacts(root: Command, path: readonly string[] = []): CommandFacts[] {
  const help = root.createHelp();
  const children = help.visibleCommands(root).filter((child) => child.name() !== 'help');
  const own: CommandFacts = {
    path,
    summary: root.summary(),
    description: root.description(),
    usage: root.usage(),
    options: help.visibleOptions(root).map(optionFacts),
    subcommands: children.map((child) => child.name()),
    examples: examplesOf(root),
  };
  return [own, ...children.flatMap((child) => commandFacts(child, [...path, child.name()]))];
}

function optionFacts(option: Option): OptionFacts {
  return {
    long: option.long ?? option.flags,
    short: option.short,
    flags: option.flags,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

function examplesOf(command: Command): readonly string[] {
  return 'examples' in command ? (command.examples as readonly string[]) : [];
}

import { Command } from 'commander';

export interface About {
  /** One line without a full stop, as shown in the list of commands. */
  summary: string;
  /** What else somebody must know before using it. */
  details?: string;
  /** Complete command lines. A test parses each one. */
  examples: readonly [string, ...string[]];
}

/** A command whose help ends with examples. */
export class DocumentedCommand extends Command {
  readonly examples: readonly string[];

  constructor(name: string, about: About) {
    super(name);
    this.examples = about.examples;
    const { summary, details } = about;
    this.summary(summary)
      .description(details === undefined ? summary : `${summary}\n\n${details}`)
      .helpOption('-h, --help', 'Show this help')
      .helpCommand(false)
      .addHelpText('after', () => `\nExamples:\n${about.examples.map((line) => `  $ ${line}\n`).join('')}`);
  }
}

/** One thing to do: add arguments, options and an action to it. Each takes `--json`. */
export function command(name: string, about: About): DocumentedCommand {
  return new DocumentedCommand(name, about).option('--json', 'Print the result, or the error, as JSON');
}

/** A noun with its verbs; its examples are the first one of each verb. */
export function group(name: string, summary: string, verbs: readonly DocumentedCommand[]): DocumentedCommand {
  const [first = '', ...others] = verbs.flatMap((verb) => verb.examples.slice(0, 1));
  const noun = new DocumentedCommand(name, { summary, examples: [first, ...others] });
  for (const verb of verbs) noun.addCommand(verb);
  return noun;
}

export interface ProgramOptions extends About {
  version: string;
  commands: readonly DocumentedCommand[];
}

/** The root of an executable's command line. */
export function program(name: string, options: ProgramOptions): DocumentedCommand {
  const root = new DocumentedCommand(name, options)
    .helpCommand('help [command]', 'Show the help of a command')
    .version(options.version, '-V, --version', 'Show the version');
  for (const each of options.commands) root.addCommand(each);
  return root;
}

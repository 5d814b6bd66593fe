import type { CommandFacts, OptionFacts } from './command-facts.ts';

export interface ManPageOptions {
  name: string;
  version: string;
  epoch: number;
  summary: string;
  /** Paths and what lies there. */
  files: readonly (readonly [path: string, meaning: string])[];
  environment: readonly (readonly [name: string, meaning: string])[];
  exitCodes: readonly (readonly [code: number, meaning: string])[];
}

/** A page of section 8 in man(7) macros, from the very commands that the executable parses. */
export function manPage(commands: readonly CommandFacts[], options: ManPageOptions): string {
  const { name, version, epoch } = options;
  const date = new Date(epoch * 1000).toISOString().slice(0, 10);
  const root = commands.find(({ path }) => path.length === 0);
  const lines = [
    `.TH ${name.toUpperCase()} 8 ${date} "${name} ${version}" "System administration"`,
    ...section('NAME', [`${escape(name)} \\- ${escape(options.summary)}`]),
    ...section('SYNOPSIS', [`.B ${escape(name)}`, '.RI [ options ] " command"']),
    ...section('DESCRIPTION', paragraphs(root?.description ?? '')),
    ...section(
      'COMMANDS',
      commands.filter(({ path }) => path.length > 0).flatMap((c) => describe(name, c)),
    ),
    ...section('OPTIONS', (root?.options ?? []).flatMap(describeOption)),
    ...section('EXAMPLES', (root?.examples ?? []).flatMap(example)),
    ...section('ENVIRONMENT', options.environment.flatMap(tagged)),
    ...section('FILES', options.files.flatMap(tagged)),
    ...section(
      'EXIT STATUS',
      options.exitCodes.flatMap(([code, meaning]) => tagged([String(code), meaning])),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, body: readonly string[]): string[] {
  return body.length === 0 ? [] : [`.SH "${title}"`, ...body];
}

function describe(name: string, command: CommandFacts): string[] {
  return [
    `.SS "${escape([name, ...command.path, command.usage].join(' '))}"`,
    ...paragraphs(command.description),
    ...command.options.filter(({ long }) => long !== '--help').flatMap(describeOption),
  ];
}

function describeOption({ flags, description }: OptionFacts): string[] {
  return tagged([flags, description]);
}

function tagged([tag, meaning]: readonly [string, string]): string[] {
  return ['.TP', `.B ${escape(tag)}`, escape(meaning)];
}

function example(line: string): string[] {
  return ['.PP', '.nf', `.RS 4`, escape(line), '.RE', '.fi'];
}

function paragraphs(text: string): string[] {
  return text
    .split(/\n\n+/)
    .filter((part) => part !== '')
    .flatMap((part, i) => (i === 0 ? [escape(part)] : ['.PP', escape(part)]));
}

/** A backslash, a hyphen that must stay one when copied, and a dot or quote that would begin a macro at the start of a line. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/gm, '\\&');
}

/** Shell completions for an executable, from the very commands that it parses. */
import type { CommandFacts, OptionFacts } from './command-facts.ts';

export function bashCompletion(name: string, commands: readonly CommandFacts[]): string {
  const fn = `_${name.replaceAll('-', '_')}`;
  const branches = commands.map(
    (command) => `    ${quote(key(command))}) candidates=${quote(candidates(command).join(' '))} ;;`,
  );
  const takeValue = commands.flatMap(({ options }) => options).filter(({ takesValue }) => takesValue);
  return `# bash completion for ${name}
${fn}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' word candidates=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ${anyOf(belowRoot(commands))}) command+=" $word" ;;
    esac
  done
  case $previous in
    ${anyOf(['', ...new Set(takeValue.map(({ long }) => long))])}) return ;; # its value: readline offers file names
  esac
  case $command in
${branches.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
}
complete -o bashdefault -o default -F ${fn} ${name}
`;
}

export function zshCompletion(name: string, commands: readonly CommandFacts[]): string {
  const branches = commands.map((command) => {
    const verbs = childrenOf(command, commands).map((child) => described(lastWord(child), child.summary));
    const options = command.options.map(({ long, description }) => described(long, description));
    return `  ${quote(key(command))})\n    verbs=(${verbs.join(' ')})\n    options=(${options.join(' ')})\n    ;;`;
  });
  return `#compdef ${name}
local command='' word
local -a verbs options
for word in \${words[2,CURRENT-1]}; do
  case "$command $word" in
    ${anyOf(belowRoot(commands))}) command+=" $word" ;;
  esac
done
case $command in
${branches.join('\n')}
esac
(( $#verbs )) && _describe command verbs
_describe -o option options
_files
`;
}

export function fishCompletion(name: string, commands: readonly CommandFacts[]): string {
  const lines = commands.flatMap((command) => {
    const where = `complete -c ${name} -n ${fishQuote(fishCondition(command))}`;
    const verbs = childrenOf(command, commands).map(
      (child) => `${where} -f -a ${lastWord(child)} -d ${fishQuote(child.summary)}`,
    );
    return [...verbs, ...command.options.map((option) => `${where} ${fishOption(option)}`)];
  });
  return `# fish completion for ${name}\n${lines.join('\n')}\n`;
}

function fishCondition({ path, subcommands }: CommandFacts): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const given = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  if (subcommands.length > 0) given.push(`not __fish_seen_subcommand_from ${subcommands.join(' ')}`);
  return given.join('; and ');
}

function fishOption({ long, short, description, takesValue }: OptionFacts): string {
  const names = `-l ${long.replace(/^--/, '')}${short === undefined ? '' : ` -s ${short.replace(/^-/, '')}`}`;
  return `${names}${takesValue ? ' -r' : ''} -d ${fishQuote(description)}`;
}

/** How the scripts above spell a command: each of its words after a blank. */
function key({ path }: CommandFacts): string {
  return path.map((word) => ` ${word}`).join('');
}

function belowRoot(commands: readonly CommandFacts[]): string[] {
  return commands.filter(({ path }) => path.length > 0).map(key);
}

function childrenOf(parent: CommandFacts, commands: readonly CommandFacts[]): CommandFacts[] {
  return commands.filter(
    (command) => command.path.length === parent.path.length + 1 && key(command).startsWith(`${key(parent)} `),
  );
}

function candidates({ subcommands, options }: CommandFacts): string[] {
  return [...subcommands, ...options.map(({ long }) => long)];
}

function lastWord({ path }: CommandFacts): string {
  return path.at(-1) ?? '';
}

function anyOf(words: readonly string[]): string {
  return words.map(quote).join(' | ');
}

/** A candidate of zsh's _describe, which splits at the first colon. */
function described(word: string, meaning: string): string {
  return quote(`${word.replaceAll(':', '\\:')}:${meaning}`);
}

/** For bash and zsh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

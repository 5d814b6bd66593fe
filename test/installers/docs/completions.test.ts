import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandFacts } from '../../../build/installers/docs/command-facts.ts';
import { bashCompletion, fishCompletion, zshCompletion } from '../../../build/installers/docs/completions.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { command, group, program } from '../../../src/cli/command.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { describeWith } from '../support/describe-with.ts';

const FACTS = commandFacts(
  program('tool', {
    summary: 'A tool',
    version: '1',
    examples: ['tool join'],
    commands: [
      command('join', { summary: "Join somebody's server", examples: ['tool join'] })
        .option('--token <token>', 'what to join with: a token')
        .option('-f, --force', 'even so'),
      group('service', 'The service', [
        command('install', { summary: 'Install it', examples: ['tool service install'] }),
        command('status', { summary: 'Show it', examples: ['tool service status'] }),
      ]),
    ],
  }),
);

/** What is typed, the last word incomplete, and which words are offered for it. */
const CASES: [words: string[], offered: string[]][] = [
  [[''], ['join', 'service']],
  [['s'], ['service']],
  [
    ['service', ''],
    ['install', 'status'],
  ],
  [['service', 'st'], ['status']],
  [
    ['join', '--'],
    ['--force', '--help', '--json', '--token'],
  ],
  [['join', '--token', 'x', '--f'], ['--force']],
  [['nonsense'], []],
];

function verbsOrOptions(offered: readonly string[], typed: string): string[] {
  return offered.filter((word) => typed.startsWith('-') || !word.startsWith('-')).toSorted();
}

describeWith([], 'completion in bash', () => {
  test.each(CASES)('offers after %j: %j', (words, offered) => {
    const script = `${bashCompletion('tool', FACTS)}
      COMP_WORDS=(tool "$@"); COMP_CWORD=$#; _tool; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const replies = runTool('bash', ['-c', script, 'bash', ...words])
      .trim()
      .split('\n')
      .filter(Boolean);
    expect(verbsOrOptions(replies, words.at(-1) ?? '')).toEqual(offered);
  });

  test('leaves the value of an option to the shell', () => {
    const script = `${bashCompletion('tool', FACTS)}
      COMP_WORDS=(tool join --token ''); COMP_CWORD=3; _tool; echo "\${#COMPREPLY[@]}"`;
    expect(runTool('bash', ['-c', script])).toBe('0\n');
  });
});

describeWith(['fish'], 'completion in fish', () => {
  const onEnd = useCleanup();

  test.each(CASES)('offers after %j: %j', (words, offered) => {
    const dir = makeTempDir(onEnd);
    const path = join(dir, 'tool.fish');
    writeFileSync(path, fishCompletion('tool', FACTS));
    const typed = ['tool', ...words].join(' ');
    const replies = runTool('fish', ['--no-config', '-c', `source ${path}; complete -C'${typed}'`], {
      cwd: dir,
      env: { ...process.env, HOME: dir },
    });
    const names = replies
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
    const known = names.filter((name) => name !== '' && name !== 'tool.fish');
    expect(verbsOrOptions(known, words.at(-1) ?? '')).toEqual(offered);
  });
});

describeWith(['zsh'], 'completion in zsh', () => {
  const onEnd = useCleanup();

  /** zsh matches what is typed itself; the script only has to hand over all there is at this place. */
  test.each([
    [[''], ['join', 'service']],
    [
      ['service', ''],
      ['install', 'status'],
    ],
    [
      ['join', '--'],
      ['--force', '--help', '--json', '--token'],
    ],
  ])('hands over after %j: %j', (words, offered) => {
    const path = join(makeTempDir(onEnd), '_tool');
    writeFileSync(path, zshCompletion('tool', FACTS));
    const script = `_files() { :; }
      _describe() { local list=\${@[-1]}; for each in \${(P)list}; do print -r -- \${each%%:*}; done }
      complete_it() { local -a words=(tool "$@"); local CURRENT=$(( $# + 1 )); source ${path}; }
      complete_it "$@"`;
    const replies = runTool('zsh', ['-f', '-c', script, 'zsh', ...words])
      .trim()
      .split('\n');
    expect(verbsOrOptions(replies, words.at(-1) ?? '')).toEqual(offered);
  });
});

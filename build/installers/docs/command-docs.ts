import type { Command } from 'commander';
import { EXIT } from '../../../src/lib/exit-codes.ts';
import { PRODUCT, type BuildContext } from '../product.ts';
import { commandFacts } from './command-facts.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completions.ts';
import { manPage } from './man-page.ts';

/** What is made from the agent's own commands, so that it cannot say anything else than they do. */
export interface CommandDocs {
  manPage: string;
  bash: string;
  zsh: string;
  fish: string;
}

const EXIT_MEANINGS: Record<keyof typeof EXIT, string> = {
  ok: 'Done.',
  internal: 'Something unexpected happened; the log says what.',
  usage: 'The command line is wrong.',
  invalidInput: 'A token, a setting, an archive or a message is not valid.',
  unreachable: 'The server cannot be reached, or failed.',
  refused: 'The server, or a rule of this machine, refused.',
  notFound: 'Something that was named does not exist.',
  conflict: 'Something is there already, or another one is running.',
  localState: 'What the agent keeps on this machine does not allow it, such as not being enrolled.',
  jobFailed: 'A job that was waited for failed.',
};

export function commandDocs(
  root: Command,
  { version, epoch }: Pick<BuildContext, 'version' | 'epoch'>,
): CommandDocs {
  const commands = commandFacts(root);
  const name = PRODUCT.packageName;
  return {
    manPage: manPage(commands, {
      name,
      version,
      epoch,
      summary: PRODUCT.summary,
      environment: [
        ['COMMANDER_AGENT_TOKEN', 'Join token for enroll, kept out of the list of processes.'],
        ['COMMANDER_AGENT_CONFIG', 'Configuration file, in place of the usual one.'],
      ],
      files: [
        ['/etc/commander-agent/config.json', 'Settings of this machine; no server can override them.'],
        [
          '/etc/commander-agent/token',
          'A join token that the service enrols with when it starts, and then removes.',
        ],
        ['/var/lib/commander-agent', 'Identity, journal, workspaces and logs.'],
      ],
      exitCodes: Object.entries(EXIT).map(([key, code]) => [code, EXIT_MEANINGS[key as keyof typeof EXIT]]),
    }),
    bash: bashCompletion(name, commands),
    zsh: zshCompletion(name, commands),
    fish: fishCompletion(name, commands),
  };
}

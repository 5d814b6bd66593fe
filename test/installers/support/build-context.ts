import { join } from 'node:path';
import type { BuildContext } from '../../../build/installers/product.ts';
import type { CommandDocs } from '../../../build/installers/docs/command-docs.ts';

/** 2026-01-02 03:04:06 UTC. */
export const EPOCH = 1_767_323_046;

export const DOCS: CommandDocs = {
  manPage: '.TH COMMANDER-AGENT 8\n.SH NAME\ncommander\\-agent \\- test\n',
  bash: 'complete -W run commander-agent\n',
  zsh: '#compdef commander-agent\n_files\n',
  fish: 'complete -c commander-agent -a run\n',
};

/** What a run of `npm run installers` gives each format, in a folder of the test's. */
export function buildContext(dir: string, overrides: Partial<BuildContext> = {}): BuildContext {
  return {
    version: '1.2.3',
    epoch: EPOCH,
    release: false,
    outDir: join(dir, 'out'),
    workDir: join(dir, 'work'),
    ...overrides,
  };
}

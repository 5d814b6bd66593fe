import type { ReleaseKey } from '../../protocol/schemas/releases.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult, type Console } from '../console.ts';

export interface InitializedServer {
  /** SHA-256 of the root certificate. */
  readonly fingerprint: string;
  readonly releaseKeys: readonly ReleaseKey[];
  /** Only the first time; nobody can ask for it again. */
  readonly firstAdmin?: { readonly username: string; readonly password: string };
}

/** @throws AppError DATA_DIR_IN_USE, STATE_UNWRITABLE, STATE_TOO_NEW and the like */
export type Init = (options: { dataDir: string }) => Promise<InitializedServer>;

export interface InitPorts {
  console: Console;
  init: Init;
  defaultDataDir: string;
}

export function init({ console, init: initWith, defaultDataDir }: InitPorts): DocumentedCommand {
  return command('init', {
    summary: 'Make what a server starts with: certificate authority, release keys, first admin',
    details:
      '"commander serve" does the same at its first start; this is for whoever wants to see the keys, or back them up, before anything listens. What is there already stays.',
    examples: ['commander init', 'commander init --data-dir /var/lib/commander'],
  })
    .option('--data-dir <folder>', 'where the server keeps its state', defaultDataDir)
    .action(async ({ dataDir }: { dataDir: string }) => {
      const made = await initWith({ dataDir });
      printResult(console, { dataDir, ...made }, describe(dataDir, made));
    });
}

function describe(dataDir: string, { fingerprint, releaseKeys, firstAdmin }: InitializedServer): string {
  return [
    `Data folder: ${dataDir}`,
    `Root certificate, SHA-256: ${fingerprint}`,
    'Keys that sign releases:',
    ...releaseKeys.map(({ role, keyID }) => `  ${role.padEnd(9)}  ${keyID}`),
    '',
    ...(firstAdmin === undefined
      ? ['It was initialized before; its admin accounts are as they were.']
      : [
          'First admin account, shown this once:',
          `  username  ${firstAdmin.username}`,
          `  password  ${firstAdmin.password}`,
        ]),
    '',
    'Next:',
    `  commander serve --data-dir ${dataDir}`,
    'To keep the keys that matter most away from the server, once you are logged in:',
    '  commander releases keys export --role root --role targets --out FOLDER',
  ].join('\n');
}

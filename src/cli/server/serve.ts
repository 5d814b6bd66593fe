import { Option } from 'commander';
import type { LogLevel } from '../../lib/create-logger.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult, type Console } from '../console.ts';
import { collect, wholeNumber } from '../input/option-values.ts';

/** A record, so that the compiler says when a level is missing. */
const LEVELS = { error: true, warn: true, info: true, debug: true } as const satisfies Record<LogLevel, true>;

export interface ServeOptions {
  dataDir: string;
  host: string;
  port: number;
  /** Host names and addresses for the server's certificate; empty for the machine's own. */
  names: readonly string[];
  /** What endpoints and admins use when it is not the first name and the port. */
  publicUrl?: string;
  /** Whether GET /ca/host-certificate of the original CAPy is there. */
  legacyCapy: boolean;
  /** Addresses of proxies that end TLS and are believed about client certificates. */
  behindProxy: readonly string[];
  logLevel: LogLevel;
}

export interface RunningServer {
  /** As endpoints and admins reach it. */
  readonly url: string;
  /** SHA-256 of the root certificate. */
  readonly fingerprint: string;
  /** Only at the first start on an empty data folder; nobody can ask for it again. */
  readonly firstAdmin?: { readonly username: string; readonly password: string } | undefined;
  close(): Promise<void>;
}

/** Resolves when the server listens. @throws AppError PORT_IN_USE, STATE_UNWRITABLE, STATE_TOO_NEW and the like */
export type Serve = (options: ServeOptions) => Promise<RunningServer>;

export interface ServePorts {
  console: Console;
  serve: Serve;
  defaultDataDir: string;
  /** Starts to listen for the user's wish to stop, and resolves when it comes. */
  untilInterrupted: () => Promise<void>;
}

interface Flags {
  dataDir: string;
  host: string;
  port: number;
  name?: string[];
  publicUrl?: string;
  legacyCapy?: boolean;
  behindProxy?: string[];
  logLevel: LogLevel;
}

export function serve(ports: ServePorts): DocumentedCommand {
  return command('serve', {
    summary: 'Run the server: API, certificate authority, library and dispatch',
    details:
      'Everything it keeps is in the data folder. Its first start there makes the certificate authority and the first admin ' +
      'account, and prints that password once. It runs until it is interrupted.',
    examples: [
      'commander serve',
      'commander serve --name commander.example --name 192.0.2.7 --port 8443',
      'commander serve --host 127.0.0.1 --behind-proxy 127.0.0.1 --public-url https://commander.example',
    ],
  })
    .option('--data-dir <folder>', 'where it keeps its state', ports.defaultDataDir)
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('--port <number>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 8443)
    .option(
      '--name <name>',
      'host name or address in its certificate; may be repeated (default: this machine)',
      collect,
    )
    .option('--public-url <url>', 'address for endpoints and admins (default: first name and port)')
    .option('--legacy-capy', 'serve the original GET /ca/host-certificate too, which hands out private keys')
    .option(
      '--behind-proxy <address>',
      'believe this proxy about client certificates; may be repeated',
      collect,
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log on stderr')
        .choices(Object.keys(LEVELS))
        .default('info'),
    )
    .action(async (flags: Flags) => {
      const server = await ports.serve(readOptions(flags));
      announce(ports.console, server);
      await ports.untilInterrupted();
      printNote(ports.console, 'Stopping');
      await server.close();
    });
}

function readOptions({
  name = [],
  behindProxy = [],
  legacyCapy = false,
  publicUrl,
  ...flags
}: Flags): ServeOptions {
  const { dataDir, host, port, logLevel } = flags;
  const address = publicUrl === undefined ? {} : { publicUrl };
  return { dataDir, host, port, names: name, ...address, legacyCapy, behindProxy, logLevel };
}

/** On stdout, apart from the log: what it says is needed, and the password must not end up in a log file. */
function announce(console: Console, server: RunningServer): void {
  const { url, fingerprint, firstAdmin } = server;
  const first = firstAdmin === undefined ? {} : { firstAdmin };
  printResult(console, { url, fingerprint, ...first }, describe(server));
}

function describe({ url, fingerprint, firstAdmin }: RunningServer): string {
  const lines = [`Serving ${url}`, `Root certificate, SHA-256: ${fingerprint}`];
  if (firstAdmin === undefined) return lines.join('\n');
  return [
    ...lines,
    '',
    'First admin account, shown this once:',
    `  username  ${firstAdmin.username}`,
    `  password  ${firstAdmin.password}`,
    '',
    'Next, here or on your own machine:',
    `  commander login --server ${url} --ca-fingerprint ${fingerprint}`,
    '  commander token create --install-hints',
  ].join('\n');
}

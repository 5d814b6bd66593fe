import { createCertificateRequest } from '../../lib/certificate-request.ts';
import { AppError } from '../../lib/errors.ts';
import { normalizeFingerprint } from '../../protocol/fingerprint.ts';
import { parseServerUrl, type AdminContext } from '../admin-context.ts';
import { AdminClient } from '../client/admin-client.ts';
import { fetchRoot } from '../client/trust.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { localTime } from '../format/time.ts';
import { readPassword } from '../input/password.ts';

import { sessionEnd, type Session } from './session-file.ts';

interface LoginOptions {
  server?: string;
  username: string;
  caFingerprint?: string;
  trustOnFirstUse?: boolean;
  passwordFile?: string;
}

export function login(context: AdminContext): DocumentedCommand {
  return command('login', {
    summary: 'Log in to a server and keep a client certificate for it',
    details:
      'The server must be known by the fingerprint of its root certificate, which "commander serve" prints when it starts. ' +
      'The password is asked for, or read from --password-file or $COMMANDER_PASSWORD.',
    examples: [
      'commander login --server https://commander.example:8443 --ca-fingerprint 3f:9a:…',
      'commander login --server localhost:8443 --trust-on-first-use --username grace',
      'commander login --password-file - < password.txt',
    ],
  })
    .option(
      '--server <url>',
      'address of the server (default: $COMMANDER_SERVER, or where you were logged in)',
    )
    .option('--username <name>', 'admin account', 'admin')
    .option('--ca-fingerprint <hex>', "SHA-256 of the server's root certificate")
    .option('--trust-on-first-use', 'believe the root certificate that the server shows now')
    .option('--password-file <file>', 'file whose first line is the password; - is stdin')
    .action(async (options: LoginOptions) => {
      const session = await logIn(context, options);
      context.sessionFile.write(session);
      const { server, username } = session;
      const expiresAt = new Date(sessionEnd(session)).toISOString();
      printNote(context.console, `Logged in to ${server} as "${username}" until ${localTime(expiresAt)}`);
      if (context.console.json) printResult(context.console, { server, username, expiresAt }, '');
    });
}

async function logIn(context: AdminContext, options: LoginOptions): Promise<Session> {
  const before = previousSession(context);
  const server = chooseServer(context, options, before);
  const { username } = options;
  const roots = await knownRoots(server, options, before);
  const password = await readPassword(context.console, {
    file: options.passwordFile,
    flag: '--password-file',
    variable: 'COMMANDER_PASSWORD',
    question: `Password of "${username}" at ${server}`,
  });
  const client = new AdminClient({ server, roots });
  const token = await client.logIn({ username, password });
  const { key, csr } = await createCertificateRequest(username);
  const { cert, roots: trusted } = await client.certificate(token, csr);
  return { server, username, roots: trusted, cert, key };
}

function previousSession({ sessionFile }: AdminContext): Session | undefined {
  try {
    return sessionFile.read();
  } catch (error) {
    // A session that cannot be read is about to be replaced.
    if (error instanceof AppError && error.code === 'STATE_CORRUPT') return undefined;
    throw error;
  }
}

function chooseServer({ console }: AdminContext, options: LoginOptions, before: Session | undefined): string {
  const server = options.server ?? (console.env['COMMANDER_SERVER'] || before?.server);
  if (server !== undefined) return parseServerUrl(server);
  throw new AppError('USAGE', 'No server: give --server URL or set COMMANDER_SERVER');
}

async function knownRoots(
  server: string,
  { caFingerprint, trustOnFirstUse }: LoginOptions,
  before: Session | undefined,
): Promise<readonly string[]> {
  if (caFingerprint !== undefined) {
    return [await fetchRoot(server, { fingerprint: normalizeFingerprint(caFingerprint) })];
  }
  if (before?.server === server) return before.roots;
  if (trustOnFirstUse === true) return [await fetchRoot(server, 'first-use')];
  throw new AppError(
    'TRUST_MISSING',
    `Nothing says how to recognise "${server}": give the --ca-fingerprint that "commander serve" printed, or --trust-on-first-use`,
  );
}

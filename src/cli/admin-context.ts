import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { AdminClient } from './client/admin-client.ts';
import type { Console } from './console.ts';
import { localTime } from './format/time.ts';
import { SessionFile, sessionEnd, type Session } from './session/session-file.ts';

export interface AdminContextOptions {
  console: Console;
  configDir: string;
  clock: Clock;
}

/** What the admin's commands share: the console, the clock, and the way from the stored session to the server. */
export class AdminContext {
  readonly console: Console;
  readonly clock: Clock;
  readonly sessionFile: SessionFile;

  constructor({ console, configDir, clock }: AdminContextOptions) {
    this.console = console;
    this.clock = clock;
    this.sessionFile = new SessionFile(configDir);
  }

  /** @throws AppError NOT_LOGGED_IN when there is no session or it is over */
  connect(): AdminClient {
    return new AdminClient(this.session());
  }

  /** The session to use now; $COMMANDER_SERVER is another address of the same server, so the roots stay. */
  session(): Session {
    const session = this.sessionFile.read();
    if (session === undefined) throw new AppError('NOT_LOGGED_IN', 'You are not logged in to a server');
    const end = sessionEnd(session);
    if (end <= this.clock.now()) {
      const when = localTime(new Date(end).toISOString());
      throw new AppError(
        'NOT_LOGGED_IN',
        `The session of "${session.username}" at ${session.server} ended at ${when}`,
      );
    }
    const elsewhere = this.console.env['COMMANDER_SERVER'];
    return elsewhere ? { ...session, server: parseServerUrl(elsewhere) } : session;
  }
}

/** Takes what people type for a server and gives `https://host:port`. @throws AppError USAGE */
export function parseServerUrl(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url?.protocol === 'https:' && url.href === `${url.origin}/`) return url.origin;
  throw new AppError('USAGE', `"${text}" is no server address; give it as https://HOST:PORT`);
}

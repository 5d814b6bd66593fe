import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { AppError, systemErrorCode } from '../../lib/errors.ts';
import { makePrivateDir } from '../../lib/make-private-dir.ts';

/** What `commander login` leaves behind: an identity for one admin at one server. The certificate says until when. */
export interface Session {
  readonly server: string;
  readonly username: string;
  /** PEM. */
  readonly roots: readonly string[];
  readonly cert: string;
  readonly key: string;
}

/** When the session's certificate ends, in milliseconds since the epoch. */
export function sessionEnd({ cert }: Session): number {
  return new X509Certificate(cert).validToDate.getTime();
}

/** Keeps the session in a file of its own, readable by its owner only. */
export class SessionFile {
  readonly path: string;

  constructor(configDir: string) {
    this.path = join(configDir, 'session.json');
  }

  /** @throws AppError STATE_CORRUPT, STATE_UNWRITABLE */
  read(): Session | undefined {
    const text = this.#readText();
    if (text === undefined) return undefined;
    const session = asSession(text);
    if (session !== undefined) return session;
    throw new AppError('STATE_CORRUPT', `"${this.path}" cannot be read as a session; log in again`);
  }

  /** @throws AppError STATE_UNWRITABLE */
  write(session: Session): void {
    this.#attempt('write', () => {
      makePrivateDir(dirname(this.path));
      writeFileAtomic(this.path, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600 });
    });
  }

  /** @throws AppError STATE_UNWRITABLE */
  remove(): void {
    this.#attempt('remove', () => rmSync(this.path, { force: true }));
  }

  #readText(): string | undefined {
    return this.#attempt('read', () => {
      try {
        return readFileSync(this.path, 'utf8');
      } catch (error) {
        if (systemErrorCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  #attempt<T>(verb: string, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot ${verb} the session "${this.path}"`, { cause });
    }
  }
}

function asSession(text: string): Session | undefined {
  try {
    const { server, username, roots, cert, key } = JSON.parse(text) as Record<string, unknown>;
    const texts = [
      server,
      username,
      cert,
      key,
      ...(Array.isArray(roots) ? (roots as unknown[]) : [undefined]),
    ];
    if (!texts.every((field) => typeof field === 'string') || !URL.canParse(String(server))) return undefined;
    return { server, username, roots, cert, key } as Session;
  } catch {
    return undefined;
  }
}

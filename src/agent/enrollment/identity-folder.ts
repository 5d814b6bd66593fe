import { createHash, randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { AppError, systemErrorCode } from '../../lib/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Credentials, Identity } from '../identity.ts';
import { checkIdentityFile, type IdentityFile } from './identity-file.ts';

export interface IdentityFolderOptions {
  readonly stateDir: string;
  readonly platform: Pick<Platform, 'machineID' | 'makePrivateDir'>;
}

/** What enrolment brings, beside the pair. */
export interface NewIdentity extends Identity {
  readonly enrolledAt: string;
  /** What is said of releases is believed only as far as this root goes; none came from a server that has none. */
  readonly releasesRoot?: string;
}

/** What the folder holds: who we are, the pair that has connected, and the one that a renewal brought and that has yet to. */
export interface StoredIdentity extends NewIdentity {
  readonly credentials: Credentials;
  readonly candidate?: Credentials;
}

const PAIR_PREFIX = 'pair-';
const PRIVATE = { mode: 0o600 };

/**
 * The identity of this endpoint: `identity.json` and one folder per key pair (`key.pem`, `cert.pem`, `roots.pem`). A pair is
 * never changed once written, and counts only when `identity.json` names it, which is replaced atomically: whatever is
 * interrupted, the identity is the old or the new one, whole.
 */
export class IdentityFolder {
  readonly #options: IdentityFolderOptions;
  readonly #dir: string;

  constructor(options: IdentityFolderOptions) {
    this.#options = options;
    this.#dir = join(options.stateDir, 'identity');
  }

  /**
   * Undefined when this endpoint has not enrolled.
   * @throws AppError STATE_CORRUPT, STATE_UNWRITABLE, or IDENTITY_CLONED when another machine enrolled with it
   */
  load(): StoredIdentity | undefined {
    const file = this.#read();
    if (file === undefined) return undefined;
    this.#refuseClone(file);
    const { agentID, serverUrl, issuer, enrolledAt, releasesRoot, pair, candidate } = file;
    return {
      ...{ agentID, serverUrl, issuer, enrolledAt },
      ...(releasesRoot === undefined ? {} : { releasesRoot }),
      credentials: this.#readPair(pair),
      ...(candidate === undefined ? {} : { candidate: this.#readPair(candidate) }),
    };
  }

  /** The server that this folder's identity belongs to, also if another machine enrolled with it. */
  enrolledWith(): string | undefined {
    return this.#read()?.serverUrl;
  }

  /** Changes nothing. @throws AppError STATE_UNWRITABLE */
  requireWritable(): void {
    let dir = this.#dir;
    while (!existsSync(dir) && dirname(dir) !== dir) dir = dirname(dir);
    try {
      if (!statSync(dir).isDirectory()) throw new Error(`"${dir}" is not a folder`);
      accessSync(dir, constants.W_OK);
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot keep an identity in "${this.#dir}"`, { cause });
    }
  }

  /** A new identity takes the place of whatever was there. @throws AppError STATE_UNWRITABLE */
  replace(identity: NewIdentity, credentials: Credentials): void {
    const machine = this.#machineHash();
    const { agentID, serverUrl, issuer, enrolledAt, releasesRoot } = identity;
    this.#write(() => ({
      version: 1,
      agentID,
      serverUrl,
      issuer,
      enrolledAt,
      ...(machine === undefined ? {} : { machine }),
      ...(releasesRoot === undefined ? {} : { releasesRoot }),
      pair: this.#writePair(credentials),
    }));
  }

  /** Keeps a renewed pair beside the one in use. */
  addCandidate(credentials: Credentials): void {
    const file = this.#readExisting();
    this.#write(() => ({ ...file, candidate: this.#writePair(credentials) }));
  }

  /** The renewed pair is no good. */
  dropCandidate(): void {
    const file = this.#readExisting();
    this.#write(() => ({ ...file, candidate: undefined }));
  }

  /** The renewed pair has connected: the old one goes. */
  promoteCandidate(): void {
    const file = this.#readExisting();
    this.#write(() => ({ ...file, pair: file.candidate ?? file.pair, candidate: undefined }));
  }

  #readExisting(): IdentityFile {
    const file = this.#read();
    if (file === undefined) throw new AppError('STATE_CORRUPT', `The identity in "${this.#dir}" has gone`);
    return file;
  }

  #write(next: () => IdentityFile): void {
    try {
      this.#options.platform.makePrivateDir(this.#options.stateDir);
      this.#options.platform.makePrivateDir(this.#dir);
      const file = next();
      writeFileAtomic(join(this.#dir, 'identity.json'), `${JSON.stringify(file, null, 2)}\n`, PRIVATE);
      this.#removeUnnamed(file);
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot keep the identity in "${this.#dir}"`, { cause });
    }
  }

  #read(): IdentityFile | undefined {
    const path = join(this.#dir, 'identity.json');
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      if (systemErrorCode(cause) === 'ENOENT') return undefined;
      throw new AppError('STATE_UNWRITABLE', `Cannot read the identity in "${path}"`, { cause });
    }
    return checkIdentityFile(text, path);
  }

  #readPair(name: string): Credentials {
    const dir = join(this.#dir, name);
    const read = (file: string): string => readFileSync(join(dir, file), 'utf8');
    try {
      return { key: read('key.pem'), cert: read('cert.pem'), roots: read('roots.pem') };
    } catch (cause) {
      throw new AppError(
        'STATE_CORRUPT',
        `Cannot read the key pair in "${dir}"; enrol again with "--force"`,
        { cause },
      );
    }
  }

  #writePair({ key, cert, roots }: Credentials): string {
    const name = `${PAIR_PREFIX}${randomUUID().slice(0, 8)}`;
    const dir = join(this.#dir, name);
    mkdirSync(dir, { mode: 0o700 });
    writeFileAtomic(join(dir, 'key.pem'), key, PRIVATE);
    writeFileAtomic(join(dir, 'cert.pem'), cert, PRIVATE);
    writeFileAtomic(join(dir, 'roots.pem'), roots, PRIVATE);
    return name;
  }

  /** Pairs that were replaced, or that an interrupted write left. */
  #removeUnnamed({ pair, candidate }: IdentityFile): void {
    for (const name of readdirSync(this.#dir)) {
      if (!name.startsWith(PAIR_PREFIX) || name === pair || name === candidate) continue;
      rmSync(join(this.#dir, name), { recursive: true, force: true });
    }
  }

  /** A machine whose ID is unknown, then or now, is never taken for a clone: that would lock its owner out. */
  #refuseClone({ machine, agentID }: IdentityFile): void {
    const here = this.#machineHash();
    if (machine === undefined || here === undefined || machine === here) return;
    throw new AppError(
      'IDENTITY_CLONED',
      `The identity of agent "${agentID}" in "${this.#dir}" was made on another machine, so this disk is a copy; ` +
        'give this machine an identity of its own with "commander-agent enroll --force"',
    );
  }

  /** Hashed, for a machine ID identifies its machine to everyone (machine-id(5) asks not to show it). */
  #machineHash(): string | undefined {
    const id = this.#options.platform.machineID();
    return id === undefined ? undefined : createHash('sha256').update(`commander-agent ${id}`).digest('hex');
  }
}

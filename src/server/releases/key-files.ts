import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Key } from '@tufjs/models';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { AppError } from '../../lib/errors.ts';
import { makePrivateDir } from '../../lib/make-private-dir.ts';
import { addSignature, publicKeyOf, type Signable } from '../../protocol/release-signing.ts';

/** The private keys that the server itself signs releases with, each in a file that is named for its ID. */
export class KeyFiles {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Makes a key and keeps it. */
  make(): Key {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = publicKeyOf(privateKey);
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    makePrivateDir(this.#dir);
    writeFileAtomic(this.#pathOf(key.keyID), pem, { mode: 0o600 });
    return key;
  }

  /** Undefined for a key that is kept elsewhere. @throws AppError STATE_CORRUPT */
  find(keyID: string): KeyObject | undefined {
    const path = this.#pathOf(keyID);
    if (!existsSync(path)) return undefined;
    try {
      const key = createPrivateKey(readFileSync(path));
      if (publicKeyOf(key).keyID === keyID) return key;
    } catch (cause) {
      throw corrupt(path, cause);
    }
    throw corrupt(path);
  }

  /** @returns false for a key that is kept elsewhere */
  sign(metadata: Signable, keyID: string): boolean {
    const key = this.find(keyID);
    if (key !== undefined) addSignature(metadata, key);
    return key !== undefined;
  }

  remove(keyID: string): void {
    rmSync(this.#pathOf(keyID), { force: true });
  }

  removeExcept(keyIDs: ReadonlySet<string>): void {
    if (!existsSync(this.#dir)) return;
    for (const name of readdirSync(this.#dir)) {
      const keyID = name.replace(/\.pem$/, '');
      if (name.endsWith('.pem') && !keyIDs.has(keyID)) this.remove(keyID);
    }
  }

  #pathOf(keyID: string): string {
    return join(this.#dir, `${keyID}.pem`);
  }
}

function corrupt(path: string, cause?: unknown): AppError {
  return new AppError(
    'STATE_CORRUPT',
    `"${path}" does not hold the key it is named for; restore it from a backup`,
    {
      cause,
    },
  );
}

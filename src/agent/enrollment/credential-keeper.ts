import type { CredentialSource, Credentials } from '../identity.ts';
import type { IdentityFolder, StoredIdentity } from './identity-folder.ts';

/**
 * Which key pair to connect with. A renewed one is a candidate until it has connected once; while it has not, attempts go back
 * and forth between it and the proven one, so that neither a lost answer nor a bad certificate locks the endpoint out.
 */
export class CredentialKeeper implements CredentialSource {
  readonly #folder: Pick<IdentityFolder, 'addCandidate' | 'dropCandidate' | 'promoteCandidate'>;
  #proven: Credentials;
  #candidate: Credentials | undefined;
  #candidateFailed = false;

  constructor(
    folder: Pick<IdentityFolder, 'addCandidate' | 'dropCandidate' | 'promoteCandidate'>,
    { credentials, candidate }: Pick<StoredIdentity, 'credentials' | 'candidate'>,
  ) {
    this.#folder = folder;
    this.#proven = credentials;
    this.#candidate = candidate;
  }

  toTry(): Credentials {
    return this.#candidate === undefined || this.#candidateFailed ? this.#proven : this.#candidate;
  }

  proven(): Credentials {
    return this.#proven;
  }

  /** The pair that was issued last. */
  newest(): Credentials {
    return this.#candidate ?? this.#proven;
  }

  /** Keeps a renewed pair, to be tried at the next connection. */
  offer(candidate: Credentials): void {
    this.#folder.addCandidate(candidate);
    this.#candidate = candidate;
    this.#candidateFailed = false;
  }

  connected(credentials: Credentials): void {
    if (this.#candidate === undefined) return;
    if (credentials === this.#candidate) {
      this.#folder.promoteCandidate();
      this.#proven = credentials;
      this.#candidate = undefined;
    } else if (this.#candidateFailed) {
      this.#folder.dropCandidate(); // the proven one got through where it did not; renewal will ask for another
      this.#candidate = undefined;
    }
  }

  failed(credentials: Credentials): void {
    this.#candidateFailed = credentials === this.#candidate;
  }
}

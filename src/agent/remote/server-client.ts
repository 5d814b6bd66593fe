import { HttpClient } from '../../lib/http-client/http-client.ts';
import type { CredentialSource, Credentials } from '../identity.ts';

export interface ServerClientOptions {
  readonly serverUrl: string;
  readonly userAgent: string;
  readonly credentials: Pick<CredentialSource, 'proven'>;
}

/** The HTTP client that shows the proven certificate; another one from the moment that a renewed one is. */
export class ServerClient {
  readonly #options: ServerClientOptions;
  #shown: Credentials | undefined;
  #client: HttpClient | undefined;

  constructor(options: ServerClientOptions) {
    this.#options = options;
  }

  current(): HttpClient {
    const credentials = this.#options.credentials.proven();
    if (this.#client === undefined || credentials !== this.#shown) {
      const { serverUrl, userAgent } = this.#options;
      const { key, cert, roots } = credentials;
      // The one before is left to what still runs on it; the server ends its idle connections.
      this.#client = new HttpClient({ baseUrl: serverUrl, userAgent, tls: { ca: roots, cert, key } });
      this.#shown = credentials;
    }
    return this.#client;
  }

  close(): void {
    this.#client?.close();
  }
}

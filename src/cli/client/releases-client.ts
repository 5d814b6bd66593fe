import {
  validateExportedKeys,
  validateReleaseChange,
  validateReleaseList,
  validateStagedRelease,
} from '../../protocol/generated/releases.js';
import type {
  ExportedKeys,
  ForgetKeysRequest,
  PublishRequest,
  ReleaseChange,
  ReleaseDraft,
  ReleaseList,
  ReleaseRole,
  RoleRequest,
  StagedRelease,
} from '../../protocol/schemas/releases.ts';
import { PATHS } from '../../protocol/version.ts';
import { ask } from './ask.ts';
import type { ServerRequest, Transport } from './transport.ts';

/** What the server gives a request: an executable over a slow line needs all of it. */
const UPLOAD_TIMEOUT_MS = 300_000;
const DRAFT_PATH = `${PATHS.releases}/draft`;
const KEYS_PATH = `${PATHS.releases}/keys`;

/** Versions of the agent, and the keys that sign them. */
export class ReleasesClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async list(): Promise<ReleaseList> {
    return await ask(this.#transport, validateReleaseList, {
      what: 'list the releases',
      path: PATHS.releases,
    });
  }

  /** Uploads an executable, which is not published yet. @throws AppError RELEASE_INVALID */
  async stage(name: string, content: Blob, onUpload: (bytes: number) => void): Promise<StagedRelease> {
    const form = new FormData();
    form.append('file', content, name);
    const request = { form, onUpload, timeoutMs: UPLOAD_TIMEOUT_MS };
    const where = { what: `upload "${name}"`, method: 'POST', path: `${PATHS.releases}/files` } as const;
    return await ask(this.#transport, validateStagedRelease, { ...where, ...request });
  }

  /** @throws AppError RELEASE_EXISTS */
  async publish(files: string[]): Promise<ReleaseChange> {
    const json: PublishRequest = { files };
    return await this.#change({ what: 'publish', method: 'POST', path: PATHS.releases, json });
  }

  /** @throws AppError RELEASE_NOT_FOUND, or SERVER_REFUSED while agents are to run it */
  async remove(version: string): Promise<ReleaseChange> {
    const path = `${PATHS.releases}/${encodeURIComponent(version)}`;
    return await this.#change({ what: `remove version ${version}`, method: 'DELETE', path });
  }

  /** What waits for signatures. */
  async draft(): Promise<ReleaseChange> {
    return await this.#change({ what: 'fetch what is to be signed', path: DRAFT_PATH });
  }

  /** @throws AppError RELEASE_UNSIGNED */
  async sign(json: ReleaseDraft): Promise<ReleaseChange> {
    return await this.#change({ what: 'import signatures', method: 'POST', path: DRAFT_PATH, json });
  }

  async discardDraft(): Promise<void> {
    const what = 'discard what is to be signed';
    await this.#transport.send({ what, method: 'DELETE', path: DRAFT_PATH });
  }

  async rotateKeys(roles: ReleaseRole[]): Promise<ReleaseChange> {
    const json: RoleRequest = { roles };
    return await this.#change({ what: 'rotate keys', method: 'POST', path: `${KEYS_PATH}/rotate`, json });
  }

  async extend(roles: ReleaseRole[]): Promise<ReleaseChange> {
    const json: RoleRequest = { roles };
    const request = { what: 'extend the releases', path: `${KEYS_PATH}/extend`, json };
    return await this.#change({ method: 'POST', ...request });
  }

  /** The private keys; they stay at the server until `removeKeys`. */
  async exportKeys(token: string, roles: ReleaseRole[]): Promise<ExportedKeys['keys']> {
    const json: RoleRequest = { roles };
    const request = { what: 'export keys', path: `${KEYS_PATH}/export`, token, json };
    return (await ask(this.#transport, validateExportedKeys, { method: 'POST', ...request })).keys;
  }

  async removeKeys(token: string, keyIDs: string[]): Promise<void> {
    const json: ForgetKeysRequest = { keyIDs };
    const what = 'remove keys from the server';
    await this.#transport.send({ what, method: 'DELETE', path: KEYS_PATH, token, json });
  }

  async #change(request: ServerRequest): Promise<ReleaseChange> {
    return await ask(this.#transport, validateReleaseChange, request);
  }
}

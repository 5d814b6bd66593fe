import { validateAccountList, validateLoginReply } from '../../protocol/generated/admin/accounts.js';
import {
  validateAgentDetail,
  validateAgentList,
  validateJoinTokenReply,
  validateRegistrationKeyReply,
} from '../../protocol/generated/admin/fleet.js';
import { validateInstallerList, validateInstallerView } from '../../protocol/generated/admin/installers.js';
import {
  validateAssignReply,
  validateJobList,
  validateJobView,
} from '../../protocol/generated/admin/jobs.js';
import { validateLibrary, validateLibraryReply } from '../../protocol/generated/admin/library.js';
import { parseEpochTime } from '../../protocol/commander/times.ts';
import { validateCertificateReply } from '../../protocol/generated/certificates.js';
import type { AccountList, Credentials, PasswordChange } from '../../protocol/schemas/admin/accounts.ts';
import type {
  AgentChange,
  AgentDetail,
  AgentQuery,
  AgentView,
  JoinTokenReply,
} from '../../protocol/schemas/admin/fleet.ts';
import type { InstallerView } from '../../protocol/schemas/admin/installers.ts';
import type { AssignReply, AssignRequest, JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { LibraryEntry, LibraryUnit, LibraryUpload } from '../../protocol/schemas/admin/library.ts';
import type { CertificateReply, ServerCertificateRequest } from '../../protocol/schemas/certificates.ts';
import { parseJson, type Validator } from '../../protocol/validate.ts';
import { isAppError } from '../../lib/errors.ts';
import { PATHS } from '../../protocol/version.ts';
import { ask, replyTo } from './ask.ts';
import { GroupsClient } from './groups-client.ts';
import { RolloutsClient } from './rollouts-client.ts';
import { ReleasesClient } from './releases-client.ts';
import { Transport, type ServerLink, type ServerRequest } from './transport.ts';
import { UnitsClient } from './units-client.ts';

/** What the server gives a request: an installer over a slow line needs all of it. */
const UPLOAD_TIMEOUT_MS = 300_000;

/** The admin API, one method a request. Replies are checked; errors are those of `Transport.send`, and MESSAGE_INVALID. */
export class AdminClient {
  readonly groups: GroupsClient;
  readonly rollouts: RolloutsClient;
  readonly releases: ReleasesClient;
  readonly units: UnitsClient;
  readonly #transport: Transport;

  constructor(link: ServerLink) {
    this.#transport = new Transport(link);
    this.groups = new GroupsClient(this.#transport);
    this.rollouts = new RolloutsClient(this.#transport);
    this.releases = new ReleasesClient(this.#transport);
    this.units = new UnitsClient(this.#transport);
  }

  /** Returns a token for the next 15 minutes. @throws AppError CREDENTIALS_REFUSED */
  async logIn(credentials: Credentials): Promise<string> {
    const request = { what: 'log in', path: PATHS.adminLogin, json: credentials };
    return (await this.#ask(validateLoginReply, { method: 'POST', ...request })).token;
  }

  /** @throws AppError CREDENTIALS_REFUSED */
  async changePassword(change: PasswordChange): Promise<void> {
    const request = { what: 'change the password', path: PATHS.adminLogin, json: change };
    await this.#transport.send({ method: 'PATCH', ...request });
  }

  async certificate(token: string, csr: string): Promise<CertificateReply> {
    const request = { what: 'get an admin certificate', path: PATHS.adminCertificate, token, json: { csr } };
    return await this.#ask(validateCertificateReply, { method: 'POST', ...request });
  }

  async accounts(): Promise<AccountList['accounts']> {
    const request = { what: 'list the accounts', path: PATHS.adminAccounts };
    return (await this.#ask(validateAccountList, request)).accounts;
  }

  async addAccount(credentials: Credentials): Promise<void> {
    const what = `add account "${credentials.username}"`;
    await this.#transport.send({ what, method: 'POST', path: PATHS.adminAccounts, json: credentials });
  }

  async removeAccount(username: string): Promise<void> {
    const what = `remove account "${username}"`;
    await this.#transport.send({ what, method: 'DELETE', path: PATHS.adminAccounts, json: { username } });
  }

  async registrationKey(): Promise<string> {
    const request = { what: 'read the registration key', path: PATHS.registrationKey };
    return (await this.#ask(validateRegistrationKeyReply, request)).registrationKey;
  }

  async rotateRegistrationKey(): Promise<string> {
    const request = { what: 'rotate the registration key', path: PATHS.registrationKey };
    return (await this.#ask(validateRegistrationKeyReply, { method: 'PUT', ...request })).registrationKey;
  }

  async createJoinToken(): Promise<JoinTokenReply> {
    const request = { what: 'create a join token', path: PATHS.joinTokens, json: {} };
    return await this.#ask(validateJoinTokenReply, { method: 'POST', ...request });
  }

  /** With `timeCreated` in ISO 8601, like every other time of ours. */
  async library(): Promise<LibraryEntry[]> {
    const what = 'list the library';
    const reply = await this.#transport.send({ what, path: PATHS.library });
    if (reply === '') return []; // 204: the original's answer when there is nothing
    const { library } = parseJson(validateLibraryReply, reply, replyTo(what));
    return parseJson(validateLibrary, library, replyTo(what)).jobs.map(withIsoTime);
  }

  async addToLibrary(entry: LibraryUpload, archive: Blob): Promise<void> {
    const form = new FormData();
    form.append('job', JSON.stringify(entry)); // a plain field: the original refuses it as a file
    form.append('file', archive, entry.filename);
    const what = `add "${entry.filename}" to the library`;
    await this.#transport.send({ what, method: 'POST', path: PATHS.library, form });
  }

  async updateLibrary(
    filename: string,
    change: { description?: string; archive?: Blob; unit?: LibraryUnit },
  ): Promise<void> {
    const form = new FormData();
    form.append('filename', filename);
    if (change.description !== undefined) form.append('description', change.description);
    if (change.unit !== undefined) form.append('unit', JSON.stringify(change.unit));
    if (change.archive !== undefined) form.append('file', change.archive, filename);
    const what = `update "${filename}" in the library`;
    await this.#transport.send({ what, method: 'PATCH', path: PATHS.library, form });
  }

  async removeFromLibrary(filename: string): Promise<void> {
    const what = `remove "${filename}" from the library`;
    await this.#transport.send({ what, method: 'DELETE', path: PATHS.library, json: { filename } });
  }

  async agents({ outdated, ...query }: AgentQuery = {}): Promise<AgentView[]> {
    const parameters = new URLSearchParams({
      ...query,
      ...(outdated !== undefined && { outdated: String(outdated) }),
    });
    const request = { what: 'list the agents', path: `${PATHS.agents}?${parameters.toString()}` };
    return (await this.#ask(validateAgentList, request)).agents;
  }

  /** @throws AppError AGENT_NOT_FOUND */
  async agent(agentID: string): Promise<AgentDetail> {
    return await this.#ask(validateAgentDetail, { what: `show agent ${agentID}`, path: agentPath(agentID) });
  }

  /** Moves it to another group, pins it to a version, or both. @throws AppError AGENT_NOT_FOUND, GROUP_NOT_FOUND */
  async changeAgent(agentID: string, change: AgentChange): Promise<void> {
    const request = { what: `change agent ${agentID}`, path: agentPath(agentID), json: change };
    await this.#transport.send({ method: 'PATCH', ...request });
  }

  async revokeAgent(agentID: string): Promise<void> {
    const what = `revoke agent ${agentID}`;
    await this.#transport.send({ what, method: 'DELETE', path: agentPath(agentID) });
  }

  async assign(assignment: AssignRequest): Promise<AssignReply> {
    const what = `assign "${assignment.filename}"`;
    return await this.#ask(validateAssignReply, { what, method: 'POST', path: PATHS.jobs, json: assignment });
  }

  /** Newest first. */
  async jobs(filter: { agentID?: string; state?: string; limit?: string } = {}): Promise<JobView[]> {
    const request = {
      what: 'list the jobs',
      path: `${PATHS.jobs}?${new URLSearchParams(filter).toString()}`,
    };
    return (await this.#ask(validateJobList, request)).jobs;
  }

  /**
   * The server holds its answer until the job has finished, but no longer than `waitSeconds`.
   * @throws AppError JOB_NOT_FOUND
   */
  async job(jobID: string, { waitSeconds = 0 } = {}): Promise<JobView> {
    const path = waitSeconds === 0 ? jobPath(jobID) : `${jobPath(jobID)}?waitSeconds=${waitSeconds}`;
    return await this.#ask(validateJobView, { what: `show job ${jobID}`, path });
  }

  /** @throws AppError JOB_NOT_FOUND */
  async cancelJob(jobID: string): Promise<void> {
    await this.#transport.send({ what: `cancel job ${jobID}`, method: 'DELETE', path: jobPath(jobID) });
  }

  async installers(): Promise<InstallerView[]> {
    const request = { what: 'list the installers', path: PATHS.installers };
    return (await this.#ask(validateInstallerList, request)).installers;
  }

  /** @throws AppError NAME_INVALID unless the name is that of an installer */
  async addInstaller(name: string, content: Blob): Promise<InstallerView> {
    const form = new FormData();
    form.append('file', content, name);
    const request = { method: 'POST', path: PATHS.installers, form, timeoutMs: UPLOAD_TIMEOUT_MS } as const;
    return await this.#ask(validateInstallerView, { what: `add installer "${name}"`, ...request });
  }

  /** @throws AppError INSTALLER_NOT_FOUND */
  async removeInstaller(name: string): Promise<void> {
    const path = `${PATHS.installers}/${encodeURIComponent(name)}`;
    await this.#transport.send({ what: `remove installer "${name}"`, method: 'DELETE', path });
  }

  /** Undefined when there is nothing yet that it could install. */
  async installScript(path: (typeof PATHS)['installSh' | 'installPs1']): Promise<string | undefined> {
    try {
      return await this.#transport.send({ what: `read "${path}"`, path });
    } catch (error) {
      if (isAppError(error, 'INSTALLER_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** For a proxy that ends TLS before the server. */
  async serverCertificate(token: string, wish: ServerCertificateRequest): Promise<CertificateReply> {
    const what = `get a certificate for "${wish.names.join('", "')}"`;
    const request = { method: 'POST', path: PATHS.serverCertificate, token, json: wish } as const;
    return await this.#ask(validateCertificateReply, { what, ...request });
  }

  async #ask<T>(validator: Validator<T>, request: ServerRequest): Promise<T> {
    return await ask(this.#transport, validator, request);
  }
}

function withIsoTime(entry: LibraryEntry): LibraryEntry {
  const created = parseEpochTime(entry.timeCreated);
  return created === undefined ? entry : { ...entry, timeCreated: new Date(created).toISOString() };
}

function agentPath(agentID: string): string {
  return `${PATHS.agents}/${encodeURIComponent(agentID)}`;
}

function jobPath(jobID: string): string {
  return `${PATHS.jobs}/${encodeURIComponent(jobID)}`;
}

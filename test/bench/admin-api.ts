import { Agent, request } from 'node:https';
import type { AgentView } from '../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import type { LibraryUpload } from '../../src/protocol/schemas/admin/library.ts';
import type { UnitView } from '../../src/protocol/schemas/admin/units.ts';

export interface AdminLogin {
  url: string;
  root: string;
  username: string;
  password: string;
}

/** The server's admin API over one kept connection, so that a measurement holds no handshake. */
export class AdminApi {
  readonly #url: string;
  readonly #connection: Agent;
  #token = '';

  private constructor({ url, root }: AdminLogin) {
    this.#url = url;
    this.#connection = new Agent({ keepAlive: true, maxSockets: 1, ca: root });
  }

  static async logIn(login: AdminLogin): Promise<AdminApi> {
    const api = new AdminApi(login);
    const { username, password } = login;
    const { token } = (await api.#ask('POST', '/admin/login', { username, password })) as { token: string };
    api.#token = token;
    return api;
  }

  async assign(agentID: string, filename: string): Promise<string> {
    const reply = await this.#ask('POST', '/admin/jobs', { agentID, filename, argv: [] });
    return (reply as { jobID: string }).jobID;
  }

  /** Answers when the job has its result, or after `waitSeconds`. */
  async job(jobID: string, waitSeconds: number): Promise<JobView> {
    return (await this.#ask('GET', `/admin/jobs/${jobID}?waitSeconds=${waitSeconds}`)) as JobView;
  }

  async agents(): Promise<AgentView[]> {
    return ((await this.#ask('GET', '/admin/agents')) as { agents: AgentView[] }).agents;
  }

  /** Which version an agent is to run. */
  async setVersion(agentID: string, agentVersion: string): Promise<void> {
    await this.#ask('PATCH', `/admin/agents/${agentID}`, { agentVersion });
  }

  async addToLibrary(job: LibraryUpload, archive: Uint8Array<ArrayBuffer>): Promise<void> {
    const form = new FormData();
    form.set('job', JSON.stringify(job));
    form.set('file', new Blob([archive]), 'archive.zip');
    const encoded = new Response(form);
    const contentType = encoded.headers.get('content-type') ?? '';
    await this.#send('POST', '/admin/library', { contentType, content: await encoded.bytes() });
  }

  /** Has an agent keep a task or service, or `DELETE` no longer keep it. */
  async setAssignment(method: 'POST' | 'DELETE', agentID: string, filename: string): Promise<void> {
    await this.#ask(method, '/admin/assignments', { agentID, filename });
  }

  /** How the tasks and services of an agent stand. */
  async units(agentID: string): Promise<UnitView[]> {
    return ((await this.#ask('GET', `/admin/units?agentID=${agentID}`)) as { units: UnitView[] }).units;
  }

  close(): void {
    this.#connection.destroy();
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    return await this.#send(method, path, { contentType: 'application/json', content });
  }

  #send(method: string, path: string, { contentType, content }: Sent): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(content === undefined
        ? {}
        : { 'content-type': contentType, 'content-length': Buffer.byteLength(content) }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url + path, { method, headers, agent: this.#connection }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject).on('end', () => {
          if (incoming.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path} was answered ${String(incoming.statusCode)}: ${text}`));
        });
      });
      outgoing.on('error', reject).end(content);
    });
  }
}

interface Sent {
  readonly contentType: string;
  readonly content: string | Uint8Array | undefined;
}

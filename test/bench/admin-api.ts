import { Agent, request } from 'node:https';
import type { AgentView, JobView } from '../../src/protocol/schemas/admin.ts';

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

  close(): void {
    this.#connection.destroy();
  }

  #ask(method: string, path: string, body?: object): Promise<unknown> {
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${this.#token}`, ...contentType };
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url + path, { method, headers, agent: this.#connection }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject).on('end', () => {
          if (incoming.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path} was answered ${String(incoming.statusCode)}: ${text}`));
        });
      });
      outgoing.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

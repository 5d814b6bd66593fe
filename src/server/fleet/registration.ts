import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';
import type { SettingsStore } from '../../store/server/settings-store.ts';

export interface RegistrationOptions {
  settings: SettingsStore;
  agents: AgentStore;
  clock: Clock;
}

export interface NewAgent {
  hostname: string;
  os: string;
  /** Of the client certificate that asked: no other key may speak for this agent. */
  publicKeyHash: string;
  certificateExpiresAt?: number;
}

/** How agents come to be known: one registration key for all, an ID for each. */
export class Registration {
  readonly #options: RegistrationOptions;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** Makes the key on the first call, as the original does. */
  async key(): Promise<string> {
    return (await this.#options.settings.get('registrationKey')) ?? (await this.rotateKey());
  }

  /** The old key is worth nothing from now on; agents that joined with it stay. */
  async rotateKey(): Promise<string> {
    const key = randomUUID();
    await this.#options.settings.set('registrationKey', key);
    return key;
  }

  async checkKey(offered: string): Promise<'right' | 'wrong' | 'none-yet'> {
    const key = await this.#options.settings.get('registrationKey');
    if (key === undefined) return 'none-yet';
    const [wanted, given] = [Buffer.from(key), Buffer.from(offered)];
    return wanted.length === given.length && timingSafeEqual(wanted, given) ? 'right' : 'wrong';
  }

  /** Each call makes a new agent, also for a host that has one. */
  async register(agent: NewAgent): Promise<string> {
    const agentID = randomUUID();
    await this.#options.agents.add({ ...agent, agentID, enrolledAt: this.#options.clock.now() });
    return agentID;
  }
}

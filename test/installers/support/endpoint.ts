import { readFileSync } from 'node:fs';
import type { AgentView } from '../../../src/protocol/schemas/admin.ts';
import type { PackedWorld } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Container } from './container.ts';

const UNIT = 'commander-agent.service';

/** The agent in a container, as its service and as the server sees it. */
export class Endpoint {
  readonly #container: Container;
  readonly #world: PackedWorld;

  constructor(container: Container, world: PackedWorld) {
    this.#container = container;
    this.#world = world;
  }

  /** As `systemctl show` says: ActiveState, MainPID, NRestarts and the like. */
  property(name: string): string {
    return this.#container.run(['systemctl', 'show', '--property', name, '--value', UNIT]);
  }

  /** The agent that the server sees connected; fails with what the system's journal says when none comes. */
  async connected(timeoutMs = 20_000): Promise<AgentView> {
    const find = async (): Promise<AgentView | undefined> =>
      (await this.#world.agents()).find(({ connected }) => connected);
    try {
      return await waitFor(find, { what: 'the agent to check in', timeoutMs, everyMs: 100 });
    } catch (cause) {
      throw new Error(this.#container.try(['journalctl', '--boot', '--no-pager', '--lines=40']).output, {
        cause,
      });
    }
  }

  /** Waits until another process than `pid` is the service. Returns that one. */
  async replaced(pid: string, timeoutMs = 30_000): Promise<string> {
    return await waitFor(
      () => {
        const now = this.property('MainPID');
        return now !== '0' && now !== pid && this.property('ActiveState') === 'active' ? now : undefined;
      },
      { what: 'a new process of the service', timeoutMs, everyMs: 100 },
    );
  }
}

/** Whether the packed agent tells systemd that it is ready and alive. */
export function agentNotifies(): boolean {
  return readFileSync('dist/bundle/commander-agent.cjs').includes('NOTIFY_SOCKET');
}

/** For an agent that does not: systemd would wait for it in vain, and then end it. */
export function startWithoutNotification(container: Container): void {
  const dir = `/run/systemd/system/${UNIT}.d`;
  const settings = String.raw`[Service]\nType=exec\nWatchdogSec=0\n`;
  container.run(['sh', '-c', `mkdir -p ${dir} && printf '${settings}' > ${dir}/no-notify.conf`]);
}

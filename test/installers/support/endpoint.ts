import type { AgentView } from '../../../src/protocol/schemas/admin/fleet.ts';
import type { PackedWorld } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Container } from './container.ts';

const UNIT = 'commander-agent.service';
/** Starts what the agent's service is given, in that service's control group, and says its process ID. */
const START_WITHIN = `
  setsid "$@" >/dev/null 2>&1 &
  find /sys/fs/cgroup -path '*/${UNIT}/cgroup.procs' | while read -r procs; do echo $! >"$procs"; done
  echo $!
`;

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

  /** A program that stands where services of the running agent stand. Returns its process ID. */
  startBesideAgent(): string {
    return this.#container.run(['sh', '-c', START_WITHIN, 'sh', 'sleep', 'infinity']);
  }

  /** A service as an agent that has ended leaves it, as far as the next one sees. Returns its process ID. */
  startService(stateDir: string): string {
    const runDir = `${stateDir}/services/stand-in/runs/1`;
    this.#container.run(['mkdir', '-p', runDir]);
    return this.#container.run([
      'sh',
      '-c',
      START_WITHIN,
      'sh',
      'env',
      `COMMANDER_SERVICE=${runDir}`,
      'sleep',
      'infinity',
    ]);
  }

  runs(pid: string): boolean {
    return this.#container.try(['kill', '-0', pid]).code === 0;
  }

  /** Waits until the process is gone: one that was killed is there until somebody takes note. */
  async ended(pid: string): Promise<void> {
    await waitFor(() => !this.runs(pid), { what: `process ${pid} to be gone`, timeoutMs: 5_000 });
  }
}

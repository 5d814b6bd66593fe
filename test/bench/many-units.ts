import { setTimeout as sleep } from 'node:timers/promises';
import type { LibraryUnit } from '../../src/protocol/schemas/admin/library.ts';
import type { Schedule } from '../../src/protocol/schemas/desired.ts';
import { zipOf } from '../support/zip.ts';
import type { World } from './world.ts';

const TASKS = 1000;
const SERVICES = 100;
const PATIENCE_MS = 120_000;
const POLL_MS = 500;
/** Ends by itself, should nobody be left to end it. */
const SERVICE = 'exec sleep 900';

/** As many tasks and services as one endpoint may have, none of them due soon. */
export class ManyUnits implements AsyncDisposable {
  readonly #world: Pick<World, 'api' | 'agentID'>;
  readonly #services: string[] = [];

  constructor(world: Pick<World, 'api' | 'agentID'>) {
    this.#world = world;
  }

  async assign(): Promise<void> {
    for (let n = 0; n < TASKS; n++)
      await this.#add('true', { kind: 'task', name: `task-${n}`, schedule: scheduleOf(n) });
    for (let n = 0; n < SERVICES; n++)
      await this.#add(SERVICE, { kind: 'service', name: `service-${n}`, stopGraceSeconds: 0 });
  }

  async untilKept(): Promise<void> {
    await this.#until((states) => states.filter((state) => KEPT.includes(state)).length === TASKS + SERVICES);
  }

  /** Services would outlive the agent, tasks end with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { api, agentID } = this.#world;
    for (const filename of this.#services) await api.setAssignment('DELETE', agentID, filename);
    await this.#until((states) => states.every((state) => state === 'idle'));
  }

  async #add(script: string, unit: LibraryUnit): Promise<void> {
    const { api, agentID } = this.#world;
    const filename = `${unit.name}.sh`;
    const job = { filename, executor: 'sh', description: 'Measured', os: 'Linux', unit };
    await api.addToLibrary(job, new Uint8Array(await zipOf({ [filename]: script })));
    await api.setAssignment('POST', agentID, filename);
    if (unit.kind === 'service') this.#services.push(filename);
  }

  async #until(isSo: (states: string[]) => boolean): Promise<void> {
    const { api, agentID } = this.#world;
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
      if (isSo((await api.units(agentID)).map(({ state }) => state))) return;
      await sleep(POLL_MS);
    }
    throw new Error('The agent did not come to keep what it was to keep');
  }
}

const KEPT: readonly string[] = ['idle', 'running'];

/** Cron, in a zone and not, and intervals; hours from now. */
function scheduleOf(n: number): Schedule {
  const later = new Date(Date.now() + 6 * 3_600_000);
  const cron = `${n % 60} ${later.getUTCHours()} * * *`;
  const kinds = [{ cron, timeZone: 'UTC' }, { cron: '0 0 1 1 *' }, { everySeconds: 36_000 + n }];
  return kinds[n % kinds.length] ?? { everySeconds: 36_000 };
}

import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { LibraryUnit, UnitKind } from '../../protocol/schemas/admin/library.ts';
import { MAX_SERVICES, MAX_TASKS } from '../../protocol/version.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';
import type {
  AssignedUnit,
  AssignmentKey,
  AssignmentStore,
  AssignmentTarget,
} from '../../store/server/assignment-store.ts';
import type { GroupStore } from '../../store/server/group-store.ts';
import type { LibraryStore } from '../../store/server/library-store.ts';

export interface AssignmentsOptions {
  store: AssignmentStore;
  library: Pick<LibraryStore, 'get'>;
  agents: Pick<AgentStore, 'get'>;
  groups: Pick<GroupStore, 'get'>;
  changedFor: (target: AssignmentTarget) => Promise<void>;
  clock: Clock;
}

const LIMITS: Record<UnitKind, number> = { task: MAX_TASKS, service: MAX_SERVICES };

/** Which agents and groups are to keep which tasks and services. */
export class Assignments {
  readonly #options: AssignmentsOptions;

  constructor(options: AssignmentsOptions) {
    this.#options = options;
  }

  async list(filter: { kind?: UnitKind }): Promise<AssignedUnit[]> {
    return await this.#options.store.list(filter);
  }

  /**
   * Assigning twice is the same as once.
   * @throws AppError LIBRARY_ENTRY_NOT_FOUND, AGENT_NOT_FOUND, GROUP_NOT_FOUND, or SERVER_REFUSED for a job or one too many
   */
  async add(key: AssignmentKey, assignedBy: string): Promise<void> {
    const { store, clock, changedFor } = this.#options;
    const unit = await this.#unitOf(key.filename);
    await this.#refuseTooMany(key, unit, await this.#resolve(key));
    await store.add({ ...key, assignedAt: clock.now(), assignedBy });
    await changedFor(key);
  }

  /** @throws AppError ASSIGNMENT_NOT_FOUND */
  async remove(key: AssignmentKey): Promise<void> {
    await this.#options.store.remove(key);
    await this.#options.changedFor(key);
  }

  async #unitOf(filename: string): Promise<LibraryUnit> {
    const entry = await this.#options.library.get(filename);
    if (entry === undefined) {
      throw new AppError('LIBRARY_ENTRY_NOT_FOUND', `The library has no entry "${filename}"`);
    }
    if (entry.unit !== undefined) return entry.unit;
    throw new AppError('SERVER_REFUSED', `"${filename}" is a job; assign it with "commander jobs assign"`);
  }

  async #resolve({ agentID, group }: AssignmentTarget): Promise<{ agentID?: string; group: string }> {
    if (agentID === undefined) {
      if ((await this.#options.groups.get(group)) !== undefined) return { group };
      throw new AppError('GROUP_NOT_FOUND', `There is no group "${group}"`);
    }
    const agent = await this.#options.agents.get(agentID);
    if (agent !== undefined && agent.revokedAt === undefined) return agent;
    throw new AppError('AGENT_NOT_FOUND', `There is no agent "${agentID}"`);
  }

  async #refuseTooMany(
    { filename }: AssignmentKey,
    { kind }: LibraryUnit,
    who: { agentID?: string; group: string },
  ): Promise<void> {
    const { store, library } = this.#options;
    const others = (await store.filenamesFor(who)).filter((other) => other !== filename);
    if (others.length < LIMITS[kind]) return;
    const entries = await Promise.all(others.map(async (other) => await library.get(other)));
    if (entries.filter((entry) => entry?.unit?.kind === kind).length < LIMITS[kind]) return;
    throw new AppError(
      'SERVER_REFUSED',
      `Cannot assign "${filename}": an agent keeps at most ${LIMITS[kind]} ${kind}s`,
    );
  }
}

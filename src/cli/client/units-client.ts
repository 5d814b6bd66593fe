import { validateAssignmentList, validateUnitList } from '../../protocol/generated/admin/units.js';
import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { AssignmentRequest, AssignmentView, UnitView } from '../../protocol/schemas/admin/units.ts';
import { LOG_END_TRAILER, PATHS } from '../../protocol/version.ts';
import { ask } from './ask.ts';
import type { Transport } from './transport.ts';

export interface LogOrder {
  readonly agentID: string;
  readonly service: string;
  readonly tailBytes: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Tasks and services: who is to keep them, and how they stand where they are kept. */
export class UnitsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Doing it twice is the same as once. @throws AppError LIBRARY_ENTRY_NOT_FOUND, AGENT_NOT_FOUND, GROUP_NOT_FOUND, or SERVER_REFUSED for a job */
  async assign(assignment: AssignmentRequest): Promise<void> {
    const what = `assign "${assignment.filename}"`;
    await this.#transport.send({ what, method: 'POST', path: PATHS.assignments, json: assignment });
  }

  /** @throws AppError ASSIGNMENT_NOT_FOUND */
  async unassign(assignment: AssignmentRequest): Promise<void> {
    const what = `unassign "${assignment.filename}"`;
    await this.#transport.send({ what, method: 'DELETE', path: PATHS.assignments, json: assignment });
  }

  async assignments(filter: { kind?: UnitKind } = {}): Promise<AssignmentView[]> {
    const path = `${PATHS.assignments}?${new URLSearchParams(filter).toString()}`;
    return (await ask(this.#transport, validateAssignmentList, { what: 'list the assignments', path }))
      .assignments;
  }

  /**
   * Hands on what a service wrote last, and what it writes. Returns why there is no more, as far as that came through.
   * @throws AppError AGENT_NOT_CONNECTED, UNIT_NOT_FOUND, or the signal's reason
   */
  async log(order: LogOrder, onText: (text: string) => void): Promise<string | undefined> {
    const { agentID, service, tailBytes, follow, signal } = order;
    const query = new URLSearchParams({ tailBytes: String(tailBytes), follow: String(follow) });
    const path = `${PATHS.units}/${encodeURIComponent(agentID)}/${encodeURIComponent(service)}/log?${query.toString()}`;
    const request = { what: `read the log of "${service}"`, path, signal };
    const reason = (await this.#transport.stream(request, onText))[LOG_END_TRAILER];
    return reason === undefined ? undefined : decodeURIComponent(reason);
  }

  async list(filter: { agentID?: string; kind?: UnitKind; name?: string } = {}): Promise<UnitView[]> {
    const path = `${PATHS.units}?${new URLSearchParams(filter).toString()}`;
    return (await ask(this.#transport, validateUnitList, { what: 'list tasks and services', path })).units;
  }
}

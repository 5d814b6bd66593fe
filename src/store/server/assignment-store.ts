import type { UnitKind } from '../../protocol/schemas/admin/library.ts';

/** Who is to keep a unit: one agent, or every agent of a group. */
export type AssignmentTarget =
  { readonly agentID: string; readonly group?: never } | { readonly group: string; readonly agentID?: never };

export type AssignmentKey = AssignmentTarget & { readonly filename: string };

export type AssignmentRecord = AssignmentKey & {
  /** Milliseconds since the epoch. */
  readonly assignedAt: number;
  readonly assignedBy: string;
};

/** With what the library and the fleet say of it. */
export type AssignedUnit = AssignmentRecord & {
  readonly kind: UnitKind;
  readonly name: string;
  /** Of the agent, when it is one. */
  readonly hostname?: string;
};

export interface AssignmentStore {
  /** Nothing changes when it is there already. The library's entry, and the agent or group, must exist. */
  add(assignment: AssignmentRecord): Promise<void>;
  /** @throws AppError ASSIGNMENT_NOT_FOUND */
  remove(assignment: AssignmentKey): Promise<void>;
  /** By the names of the units. */
  list(filter: { kind?: UnitKind; filename?: string }): Promise<AssignedUnit[]>;
  /** Of entries that are for the agent or for its group, sorted, each once. */
  filenamesFor(who: { agentID?: string; group: string }): Promise<string[]>;
}

import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';

/** A task or service as its agent last reported it. */
export interface UnitRecord {
  readonly agentID: string;
  readonly hostname: string;
  readonly state: UnitState;
  /** Milliseconds since the epoch. */
  readonly reportedAt: number;
}

export interface UnitReport {
  readonly units: readonly UnitState[];
  /** There are no others. Otherwise the rest has not changed, and what was never in a whole report is ignored. */
  readonly all: boolean;
  readonly at: number;
}

export interface UnitStore {
  /** May be undone by a power cut: agents tell all at each check-in. */
  report(agentID: string, report: UnitReport): Promise<void>;
  /** By unit, then by host name. */
  list(filter: { agentID?: string; kind?: UnitKind; name?: string }): Promise<UnitRecord[]>;
}

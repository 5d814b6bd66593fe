import type { DesiredState } from '../../protocol/schemas/desired.ts';
import type { UnitProblem } from '../../protocol/unit-problems.ts';

/** What this endpoint keeps, as of the server's last word. */
export interface DesiredRecord extends DesiredState {
  readonly problems: readonly UnitProblem[];
}

export interface DesiredStore {
  /** Survives a power cut: the server is told next, and does not send it again. */
  save(record: DesiredRecord): void;
  /** Undefined when no server has ever said anything, and when what is there cannot be read. */
  load(): DesiredRecord | undefined;
}

import type { Units } from '../../src/agent/desired/units.ts';
import type { UnitState } from '../../src/protocol/schemas/desired.ts';

/** One kind of units, kept by nobody: remembers what it was told. */
export class StandInUnits<Spec> implements Units<Spec> {
  readonly told: (readonly Spec[])[] = [];
  current: UnitState[] = [];

  desiredChanged(specs: readonly Spec[]): void {
    this.told.push(specs);
  }

  states(): UnitState[] {
    return this.current;
  }

  onChange(): void {
    return;
  }
}

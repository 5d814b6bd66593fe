import type { Measurement } from './figure.ts';
import type { World } from './world.ts';

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /** What the value is, for those who read the table. */
  readonly about: string;
  readonly measure: (world: World) => Promise<Measurement>;
}

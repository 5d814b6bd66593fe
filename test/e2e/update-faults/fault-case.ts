import type { Endpoint } from './endpoint.ts';
import type { FaultWorld } from './fault-world.ts';

/** One row of the matrix. */
export interface FaultCase {
  readonly fault: string;
  /** When it happens, or how. */
  readonly at: string;
  /** Begins an update of an endpoint of its own, and does the harm: all that comes after it is the product's to do. */
  readonly inject: (world: FaultWorld) => Promise<Injected>;
  /** Seconds from the fault to an endpoint that is well again; 60 unless it says more. */
  readonly within?: number;
  /** Why it cannot be done on this machine. */
  readonly whyNot?: string;
}

export interface Injected {
  readonly endpoint: Endpoint;
  /** The version that was ordered. */
  readonly ordered: string;
  /** What may run in the end. It is one of these, and the server is told that the update succeeded if it is the one that was ordered. */
  readonly endsOn: readonly string[];
  /** What the update job says when it did not; without it, no job is expected. */
  readonly refusal?: { readonly outcome: string; readonly reason: RegExp };
  /** How often it is changed to that version; once unless it says more. */
  readonly times?: number;
  /** The services of the endpoint start anew. */
  readonly powerWasCut?: boolean;
}

import type { ServiceSpec, TaskSpec, UnitState } from '../../protocol/schemas/desired.ts';
import type { FollowFrame, LogFrame } from '../../protocol/schemas/frames.ts';

/** Whoever keeps one kind of unit as the desired state has it: the scheduler its tasks, the supervisor its services. */
export interface Units<Spec> {
  /**
   * What is to be kept from now on, all of it; at start-up too. Level-triggered: says "look again", may come twice with the
   * same, and returns at once. Each spec is valid by itself; that they fit each other is for the callee to judge and report.
   */
  desiredChanged(specs: readonly Spec[]): void;
  /** How each unit stands, those included that cannot be kept and why. */
  states(): UnitState[];
  /** Calls `listener` at each change that people want to see; not for each probe. */
  onChange(listener: (state: UnitState) => void): void;
}

export type TaskUnits = Units<TaskSpec>;
export type ServiceUnits = Units<ServiceSpec>;

/** Sends a service's log to whoever follows it at the server. */
export interface ServiceLogs {
  /** Ends at `signal`, when the connection is gone or nobody follows any more. The last frame has an `end` unless so ended. */
  follow(request: FollowFrame, send: (frame: LogFrame) => void, signal: AbortSignal): Promise<void>;
}

import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { AppliedFrame, DesiredFrame, FollowFrame, LogFrame } from '../../protocol/schemas/frames.ts';

/** What the check-in asks of those who keep tasks and services. */
export interface UnitIntake {
  /**
   * When it resolves, the document is in the store: send the answer then.
   * @throws AppError STATE_UNWRITABLE; then the server must go on believing that it is not
   */
  take(desired: DesiredFrame['desired']): Promise<AppliedFrame>;
  states(): UnitState[];
  /** Sends a service's log as it grows, until `signal`. */
  follow(request: FollowFrame, send: (frame: LogFrame) => void, signal: AbortSignal): Promise<void>;
  /** Whatever waits for the server may try again. */
  serverIsBack(): void;
}

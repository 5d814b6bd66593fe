/** Everything that descends from one process, as far as the platform can find it. Neither method rejects. */
export interface ProcessTree {
  /** Asks all of it to end, and does not wait. */
  ask(): Promise<void>;
  /** Forces all of it to end; resolves when nothing is left, or after `deadlineMs` with what would not die. */
  kill(deadlineMs: number): Promise<{ readonly survivors: readonly number[] }>;
}

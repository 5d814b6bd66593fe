import type { EntryVisitor } from './archive-types.ts';
import type { EntryGuard } from './entry-guard.ts';

/** What every format's walker is given: it admits each entry by the guard and hands it, counted, to the visitor. */
export interface WalkOptions {
  readonly guard: EntryGuard;
  readonly signal: AbortSignal | undefined;
  readonly visit: EntryVisitor;
}

import { updateOf } from '../../protocol/update-origin.ts';
import type { Job } from '../../store/agent/job-journal.ts';

/** Whose job it is until it has exited: the pipeline's, or, a change of the agent's version, the updater's. */
export function runsProgram({ assignment }: Job): boolean {
  return updateOf(assignment) === undefined;
}

import type { JobResult } from '../../../store/agent/job-journal.ts';
import type { SwitchState } from '../switch/switch-state.ts';
import type { UpdateJob } from './update-job.ts';

export type UpdateEnding = Pick<JobResult, 'outcome' | 'exitCode' | 'errorCode' | 'reason'>;

/** How it stands with a change of version, by what switch.json says. */
export type UpdateStanding =
  /** Nothing has been switched: its next step can be taken. */
  | { readonly kind: 'ahead' }
  | { readonly kind: 'on-probation' }
  | { readonly kind: 'ended'; readonly ending: UpdateEnding };

/** The one place where an update ends that has been switched, whichever process of whichever version looks. */
export function standingOf({ job, origin }: UpdateJob, state: SwitchState): UpdateStanding {
  const { updateTo } = origin;
  if (state.probation?.jobID === job.jobID) return { kind: 'on-probation' };
  const bad = state.bad[updateTo];
  if (bad !== undefined) return { kind: 'ended', ending: { outcome: 'failed', reason: bad.reason } };
  if (state.current === updateTo) return { kind: 'ended', ending: { outcome: 'succeeded', exitCode: 0 } };
  if (job.phase !== 'running') return { kind: 'ahead' };
  const reason = `Another version was installed meanwhile: ${state.current}`;
  return { kind: 'ended', ending: { outcome: 'interrupted', reason } };
}

import { UNFINISHED_STATES } from '../../store/server/job-store.ts';

/** With the agent: acknowledged, and no result yet. */
export const TAKEN_STATES = UNFINISHED_STATES.filter((state) => state !== 'queued');

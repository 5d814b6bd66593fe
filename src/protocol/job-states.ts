import type { JobState } from './schemas/admin.ts';

/** With the agent: acknowledged, and no result yet. */
export const TAKEN: readonly JobState[] = ['accepted', 'fetched', 'extracted', 'running', 'exited'];
export const UNFINISHED: readonly JobState[] = ['queued', ...TAKEN];

/** In the state folder. */
export const DATABASE_NAME = 'state.db';
export const LOCK_NAME = 'agent.lock';

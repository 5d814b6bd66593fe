/** Whoever started the agent and wants to know how it goes. Telling never fails and never waits. */
export interface Supervisor {
  tell(news: SupervisorNews): void;
}

/**
 * In the order in which it can happen: there is no identity yet and it is waited for; all parts work; nothing new is taken, and
 * what runs may end; everything has ended, the process is about to.
 */
export type SupervisorNews = 'unenrolled' | 'running' | 'draining' | 'stopping';

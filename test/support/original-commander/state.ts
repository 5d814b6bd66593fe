import { randomUUID } from 'node:crypto';
import { generic, refuse } from './reply.ts';

/** A job document. Field order is that of the original's pushes. */
export interface OriginalJob {
  jobID: string;
  executor: string;
  filename: string;
  description: string;
  os: string;
  user?: string;
  timeCreated?: string;
  argv?: string[];
  [field: string]: unknown;
}

export interface OriginalAgent {
  readonly agentID: string;
  readonly hostname: string;
  readonly os: string;
  /** What the check-in loops see. */
  queued: OriginalJob[];
  /** In the database only: assigned while the lock was wedged. A restart finds them. */
  stranded: OriginalJob[];
  running: OriginalJob[];
  history: OriginalJob[];
}

export interface LibraryFile {
  job: OriginalJob;
  bytes: Buffer;
}

/** What the original keeps in MongoDB and Redis, with its mistakes. */
export class OriginalState {
  readonly agents = new Map<string, OriginalAgent>();
  readonly library = new Map<string, LibraryFile>();
  readonly passwords = new Map([['admin', 'Letmein123!']]);
  registrationKey: string | undefined;
  /** Redis key `lock:assignJob` left behind by a crashed handler: nothing can be assigned any more. */
  lockWedged = false;

  register(hostname: string, os: string): string {
    const agentID = randomUUID();
    this.agents.set(agentID, { agentID, hostname, os, queued: [], stranded: [], running: [], history: [] });
    return agentID;
  }

  agent(agentID: string): OriginalAgent {
    const agent = this.agents.get(agentID);
    if (agent === undefined) throw refuse(400, 'agent ID not found');
    return agent;
  }

  assign(agentID: string, filename: string, argv: string[]): OriginalJob {
    if (this.library.size === 0) throw refuse(400, 'there are no jobs in the library yet');
    const file = this.library.get(filename);
    if (file === undefined) throw refuse(400, 'the library contains no executable with the given filename');
    const agent = this.agents.get(agentID);
    if (agent === undefined) throw refuse(400, 'no hosts found matching the agentID in the request');
    const job = { ...file.job, jobID: randomUUID(), user: 'admin', timeCreated: pythonNow(), argv };
    if (this.lockWedged) {
      agent.stranded.push(job);
      throw refuse(400, 'could not acquire cache lock');
    }
    agent.queued.push(job);
    return job;
  }

  /**
   * One ack of a push. The original removes from the list that it iterates over, so every other job stays queued; and it
   * crashes with the lock held when a job is not queued any more.
   */
  markSent(agent: OriginalAgent, pushed: readonly OriginalJob[], batchBug: boolean): void {
    const iterated = [...pushed];
    for (let at = 0; at < iterated.length; at++) {
      const job = iterated[at] as OriginalJob;
      if (!agent.queued.includes(job)) {
        this.lockWedged = true;
        throw generic(500);
      }
      agent.queued = agent.queued.filter((other) => other !== job);
      agent.running.push(job);
      if (batchBug) iterated.splice(at, 1);
    }
  }

  /** Restart: FLUSHDB, and the cache is built again from the database. */
  rebuildCache(): void {
    this.lockWedged = false;
    for (const agent of this.agents.values()) {
      agent.queued = [...agent.queued, ...agent.stranded].sort((a, b) =>
        String(a.timeCreated).localeCompare(String(b.timeCreated)),
      );
      agent.stranded = [];
    }
  }
}

/** `str(utcnow().timestamp()) + "Z"`, with up to six digits after the point. */
export function pythonNow(): string {
  return `${(Date.now() + Math.random()) / 1000}`.slice(0, 17) + 'Z';
}

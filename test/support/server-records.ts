import { createHash } from 'node:crypto';
import { openServerStore, type ServerStore } from '../../src/store/server/open-server-store.ts';
import type { AgentRecord } from '../../src/store/server/agent-store.ts';
import type { JobRecord } from '../../src/store/server/job-store.ts';
import type { LibraryRecord } from '../../src/store/server/library-store.ts';
import type { Cleanup } from './cleanup.ts';
import { makeTempDir } from './temp-dir.ts';

/** The server's real store in a folder that ends with the test. */
export function openTestStore(onEnd: (cleanup: Cleanup) => void): ServerStore {
  const store = openServerStore(makeTempDir(onEnd));
  onEnd(() => store.close());
  return store;
}

export const NOON = Date.parse('2026-11-23T12:00:00.000Z');
export const SHA256 = createHash('sha256').update('archive').digest('hex');

export function agentRecord(change: Partial<AgentRecord> = {}): AgentRecord {
  return {
    agentID: 'agent-1',
    hostname: 'web-1',
    os: 'Linux',
    enrolledAt: NOON,
    publicKeyHash: 'key-1',
    group: 'default',
    ...change,
  };
}

export function libraryRecord(change: Partial<LibraryRecord> = {}): LibraryRecord {
  return {
    jobID: 'entry-1',
    filename: 'run.sh',
    executor: 'sh',
    description: 'Runs',
    os: 'linux',
    user: 'root',
    createdAt: NOON,
    sha256: SHA256,
    size: 7,
    ...change,
  };
}

export function jobRecord(change: Partial<JobRecord> = {}): JobRecord {
  const jobID = change.jobID ?? 'job-1';
  return {
    jobID,
    agentID: 'agent-1',
    assignment: {
      jobID,
      executor: 'sh',
      filename: 'run.sh',
      description: 'Runs',
      os: 'linux',
      user: 'root',
      timeCreated: '1795435200.000Z',
      argv: [],
      archive: { sha256: SHA256, size: 7 },
    },
    state: 'queued',
    createdAt: NOON,
    ...change,
  };
}

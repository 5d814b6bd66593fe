import { join } from 'node:path';
import type { AccountStore } from './account-store.ts';
import type { AgentStore } from './agent-store.ts';
import type { AssignmentStore } from './assignment-store.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { DesiredStateStore } from './desired-state-store.ts';
import type { GroupStore } from './group-store.ts';
import type { JobStore } from './job-store.ts';
import type { LibraryStore } from './library-store.ts';
import type { RolloutStore } from './rollout-store.ts';
import { ServerDatabase } from './server-database.ts';
import type { SettingsStore } from './settings-store.ts';
import { SqliteAccountStore } from './sqlite-account-store.ts';
import { SqliteAgentStore } from './sqlite-agent-store.ts';
import { SqliteAssignmentStore } from './sqlite-assignment-store.ts';
import { SqliteCertificateStore } from './sqlite-certificate-store.ts';
import { SqliteDesiredStateStore } from './sqlite-desired-state-store.ts';
import { SqliteGroupStore } from './sqlite-group-store.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { SqliteLibraryStore } from './sqlite-library-store.ts';
import { SqliteRolloutStore } from './sqlite-rollout-store.ts';
import { SqliteSettingsStore } from './sqlite-settings-store.ts';
import { SqliteUnitStore } from './sqlite-unit-store.ts';
import type { UnitStore } from './unit-store.ts';

export interface ServerStore {
  readonly accounts: AccountStore;
  readonly agents: AgentStore;
  readonly groups: GroupStore;
  readonly assignments: AssignmentStore;
  readonly desiredStates: DesiredStateStore;
  readonly rollouts: RolloutStore;
  readonly units: UnitStore;
  readonly library: LibraryStore;
  readonly jobs: JobStore;
  readonly settings: SettingsStore;
  readonly certificates: CertificateStore;
  close(): void;
}

/**
 * Opens the server's database in `dataDir`, or makes it. The caller holds the lock of the folder.
 * @throws AppError STATE_UNWRITABLE, STATE_CORRUPT or STATE_TOO_NEW
 */
export function openServerStore(dataDir: string): ServerStore {
  const database = new ServerDatabase(join(dataDir, 'server.db'));
  return {
    accounts: new SqliteAccountStore(database),
    agents: new SqliteAgentStore(database),
    groups: new SqliteGroupStore(database),
    assignments: new SqliteAssignmentStore(database),
    desiredStates: new SqliteDesiredStateStore(database),
    rollouts: new SqliteRolloutStore(database),
    units: new SqliteUnitStore(database),
    library: new SqliteLibraryStore(database),
    jobs: new SqliteJobStore(database),
    settings: new SqliteSettingsStore(database),
    certificates: new SqliteCertificateStore(database),
    close: () => database.close(),
  };
}

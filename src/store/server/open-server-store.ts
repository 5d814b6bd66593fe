import type { AccountStore } from './account-store.ts';
import type { AgentStore } from './agent-store.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { JobStore } from './job-store.ts';
import type { LibraryStore } from './library-store.ts';
import type { SettingsStore } from './settings-store.ts';

export interface ServerStore {
  readonly accounts: AccountStore;
  readonly agents: AgentStore;
  readonly library: LibraryStore;
  readonly jobs: JobStore;
  readonly settings: SettingsStore;
  readonly certificates: CertificateStore;
  close(): void;
}

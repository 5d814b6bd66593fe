import { join } from 'node:path';
import { KeptRecord, newRecord } from '../../src/agent/services/kept-record.ts';
import { serviceFolder, type ServiceFolder } from '../../src/agent/services/service-folder.ts';
import type { ServiceDeps } from '../../src/agent/services/service-options.ts';
import { DEFAULT_SERVICE_TIMING } from '../../src/agent/services/supervisor.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/lib/archive/archive.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { currentPlatform } from '../../src/platform/select.ts';
import type { ServiceRecord } from '../../src/store/agent/service-store.ts';
import type { Cleanup } from './cleanup.ts';
import { MemoryServiceStore } from './memory-service-store.ts';
import { ArchiveFolder } from './supervised.ts';
import { makeTempDir } from './temp-dir.ts';

/** What the parts of a supervisor need, for the one service "web". */
export interface ServiceWorld {
  readonly deps: ServiceDeps & { readonly archives: ArchiveFolder; readonly store: MemoryServiceStore };
  readonly folder: ServiceFolder;
  readonly record: KeptRecord;
}

export function makeServiceWorld(
  onEnd: (cleanup: Cleanup) => void,
  known: Partial<ServiceRecord> = {},
): ServiceWorld {
  const dir = makeTempDir(onEnd);
  const store = new MemoryServiceStore();
  const deps = {
    ...{ store, clock: systemClock, log: silentLogger, environment: process.env, random: () => 1 },
    archives: new ArchiveFolder(join(dir, 'archives')),
    platform: currentPlatform(),
    servicesDir: join(dir, 'services'),
    archiveLimits: DEFAULT_ARCHIVE_LIMITS,
    timing: { ...DEFAULT_SERVICE_TIMING, backoffBaseMs: 20, startupProbeMs: 20 },
  };
  const record = new KeptRecord({ ...newRecord('web', 0), ...known }, { ...deps, onChange: () => undefined });
  return { deps, record, folder: serviceFolder(deps.servicesDir, 'web') };
}

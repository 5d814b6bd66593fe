import type { Platform } from '../../platform/platform.ts';
import type { AgentConfig } from './schema.ts';

const MIB = 1024 ** 2;

/** What holds where nobody says otherwise; docs/configuration.md has the same table. */
export function defaultConfig(platform: Pick<Platform, 'defaultStateDir'>): AgentConfig {
  return {
    stateDir: platform.defaultStateDir(),
    logLevel: 'info',
    log: { maxBytes: 5 * MIB, maxFiles: 5, maxAgeDays: 14 },
    jobs: {
      concurrency: 4,
      timeoutSeconds: 3600,
      stopGraceSeconds: 10,
      executors: ['binary', 'bash', 'sh', 'python', 'powershell', 'cmd'],
      outputBytes: 64 * MIB,
      reportedBytes: 512 * 1024,
      archive: {
        maxDownloadBytes: 1024 * MIB,
        maxEntries: 10_000,
        maxTotalBytes: 1024 * MIB,
        maxFileBytes: 1024 * MIB,
        maxRatio: 200,
      },
    },
    reconnectSpreadSeconds: 10,
    update: {
      bandwidthBytesPerSecond: 0,
      probationSeconds: 150,
      hangSeconds: 30,
      checkinSeconds: 60,
      drainSeconds: 600,
      whenBusy: 'wait',
    },
  };
}

import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { ServerStore } from '../store/server/open-server-store.ts';
import { Accounts } from './accounts/accounts.ts';
import { AdminTokens } from './accounts/admin-tokens.ts';
import { GuessThrottle } from './accounts/guess-throttle.ts';
import type { CertificateAuthority } from './ca/certificate-authority.ts';
import { Assignments } from './desired/assignments.ts';
import { DesiredContents } from './desired/desired-contents.ts';
import { DesiredPushes } from './desired/desired-pushes.ts';
import { DesiredStates } from './desired/desired-states.ts';
import { CheckinDoor } from './dispatch/checkin-door.ts';
import { Checkins } from './dispatch/checkins.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { JobEnds } from './dispatch/job-ends.ts';
import { DEFAULT_RETENTION_DAYS, maintain, startMaintenance } from './dispatch/maintenance.ts';
import { Results } from './dispatch/results.ts';
import { Fleet } from './fleet/fleet.ts';
import { Registration } from './fleet/registration.ts';
import { Groups } from './groups/groups.ts';
import { Installers } from './installers/installers.ts';
import { ArchiveFiles } from './library/archive-files.ts';
import { Library } from './library/library.ts';
import { readSmallArchives } from './library/small-archives.ts';
import type { PeerOf } from './listener/peer.ts';

export interface ServiceOptions {
  store: ServerStore;
  certificateAuthority: Pick<CertificateAuthority, 'issueAdmin' | 'issueServerFor' | 'roots' | 'fingerprint'>;
  peerOf: PeerOf;
  /** Archives go to `library/` below it, installers to `installers/`. */
  dataDir: string;
  /** Goes into join tokens: `https://host:port`. Asked for late, as the port may be known only after listening. */
  publicUrl: () => string;
  clock: Clock;
  log: Logger;
  retentionDays?: number;
  pingIntervalMs?: number;
}

export type Services = ReturnType<typeof createServices>;

/** What the server does, wired; `compose.ts` puts it behind its doors. */
export function createServices(options: ServiceOptions) {
  const { store, clock, log, dataDir } = options;
  const { agents, assignments, certificates, groups, jobs, settings, units } = store;
  const archiveFiles = new ArchiveFiles(join(dataDir, 'library'));
  const checkins = new Checkins();
  const contents = new DesiredContents({ library: store.library, assignments });
  const pushes = new DesiredPushes({ agents, assignments, contents, checkins });
  const changedFor = pushes.changedFor.bind(pushes);
  const desiredStates = new DesiredStates({
    ...{ agents, groups, contents, units, clock },
    states: store.desiredStates,
  });
  const library = new Library({
    store: store.library,
    jobs,
    files: archiveFiles,
    assignments,
    archiveChanged: async (filename) => await pushes.entryChanged(filename),
    clock,
  });
  const installerFiles = new ArchiveFiles(join(dataDir, 'installers'));
  const installers = Installers.open({
    indexPath: join(dataDir, 'installers', 'index.json'),
    files: installerFiles,
    clock,
  });
  const ends = new JobEnds({
    jobs,
    clock,
    onEnd: ({ assignment }) => {
      library.jobFinished(assignment.archive?.sha256).catch((error: unknown) => {
        log.warn('library.unswept', 'Cannot remove an archive that nobody needs', { err: error });
      });
    },
  });
  const dispatcher = new Dispatcher({ agents, library: store.library, jobs, ends, checkins, clock });
  const checkinDoor = new CheckinDoor({
    agents,
    jobs,
    ends,
    desired: desiredStates,
    checkins,
    smallArchives: async (wanted) => await readSmallArchives(archiveFiles, wanted),
    clock,
    log: log.child({ module: 'checkin' }),
    ...(options.pingIntervalMs === undefined ? {} : { pingIntervalMs: options.pingIntervalMs }),
  });
  const guessThrottle = new GuessThrottle({ clock });
  const maintenance = {
    jobs,
    sweepArchives: async () => await library.sweep(),
    clock,
    log,
    retentionDays: options.retentionDays ?? DEFAULT_RETENTION_DAYS,
  };
  return {
    accounts: new Accounts({ store: store.accounts, certificates, throttle: guessThrottle, clock }),
    agents,
    archiveFiles,
    assignments: new Assignments({
      ...{ store: assignments, library: store.library, agents, groups, changedFor, clock },
    }),
    certificateAuthority: options.certificateAuthority,
    checkinDoor,
    clock,
    desiredStates,
    dispatcher,
    fleet: new Fleet({
      ...{ agents, certificates, groups, jobs, units, clock },
      desiredStates: store.desiredStates,
      live: dispatcher,
    }),
    groups: new Groups({ store: groups, agents, changedFor }),
    guessThrottle,
    installerFiles,
    installers,
    jobs,
    library,
    log,
    peerOf: options.peerOf,
    publicUrl: options.publicUrl,
    registration: new Registration({ settings, agents, clock }),
    results: new Results({ jobs, ends, clock }),
    units,
    tokens: new AdminTokens(settings, clock),
    /** Tidies up what the last run left, then once a day; resolves to what ends that. */
    startMaintenance: async (): Promise<() => void> => {
      await library.sweep({ includeAside: true });
      await installers.sweep({ includeAside: true });
      await maintain(maintenance);
      return startMaintenance(maintenance);
    },
    /** Ends check-ins and lets go of all who wait, so that the listener can close. */
    close: (): void => {
      checkinDoor.close();
      ends.close();
    },
  };
}

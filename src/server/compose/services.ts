import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { runLoops } from '../../lib/loops.ts';
import { Stopped } from '../../lib/stopped.ts';
import type { ServerStore } from '../../store/server/open-server-store.ts';
import { Accounts } from '../accounts/accounts.ts';
import { AdminTokens } from '../accounts/admin-tokens.ts';
import { GuessThrottle } from '../accounts/guess-throttle.ts';
import type { CertificateAuthority } from '../ca/certificate-authority.ts';
import { Assignments } from '../desired/assignments.ts';
import { openReleases } from './releases.ts';
import { DesiredContents } from '../desired/desired-contents.ts';
import { DesiredPushes } from '../desired/desired-pushes.ts';
import { DesiredStates } from '../desired/desired-states.ts';
import { CheckinDoor } from '../dispatch/checkin-door.ts';
import { Checkins } from '../dispatch/checkins.ts';
import { Dispatcher } from '../dispatch/dispatcher.ts';
import { JobEnds } from '../dispatch/job-ends.ts';
import { LogRelay } from '../dispatch/log-relay.ts';
import { DEFAULT_RETENTION_DAYS, maintain, startMaintenance } from '../dispatch/maintenance.ts';
import { Results } from '../dispatch/results.ts';
import { Fleet } from '../fleet/fleet.ts';
import { Registration } from '../fleet/registration.ts';
import { Groups } from '../groups/groups.ts';
import { Installers } from '../installers/installers.ts';
import { ArchiveFiles } from '../library/archive-files.ts';
import { Library } from '../library/library.ts';
import { readSmallArchives } from '../library/small-archives.ts';
import type { PeerOf } from '../listener/peer.ts';
import { AgentVersions } from '../rollouts/agent-versions.ts';
import { Conductor } from '../rollouts/conductor.ts';
import { requirePublished } from '../rollouts/require-published.ts';
import { Rollouts } from '../rollouts/rollouts.ts';

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

/** What the server does, wired; `server.ts` puts it behind its doors. */
export function createServices(options: ServiceOptions) {
  const { store, clock, log, dataDir } = options;
  const { agents, assignments, certificates, groups, jobs, rollouts, settings, units } = store;
  const archiveFiles = new ArchiveFiles(join(dataDir, 'library'));
  const checkins = new Checkins();
  const logs = new LogRelay(checkins.follow.bind(checkins));
  const contents = new DesiredContents({ library: store.library, assignments });
  const pushes = new DesiredPushes({ agents, assignments, contents, checkins });
  const changedFor = pushes.changedFor.bind(pushes);
  const versions = new AgentVersions({ groups, rollouts });
  const desiredStates = new DesiredStates({
    ...{ agents, versions, contents, units, clock },
    states: store.desiredStates,
  });
  const library = new Library({
    store: store.library,
    jobs,
    files: archiveFiles,
    assignments,
    entryChanged: async (filename) => await pushes.entryChanged(filename),
    clock,
  });
  const installerFiles = new ArchiveFiles(join(dataDir, 'installers'));
  const installers = Installers.open({
    indexPath: join(dataDir, 'installers', 'index.json'),
    files: installerFiles,
    clock,
  });
  const releases = openReleases({ dataDir, groups, agents, rollouts, clock, log });
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
    logs,
    checkins,
    smallArchives: async (wanted) => await readSmallArchives(archiveFiles, wanted),
    clock,
    log: log.child({ module: 'checkin' }),
    ...(options.pingIntervalMs === undefined ? {} : { pingIntervalMs: options.pingIntervalMs }),
  });
  const conductor = new Conductor({ store: rollouts, checkins, changedFor, clock, log });
  const guessThrottle = new GuessThrottle({ clock });
  const maintenance = {
    jobs,
    chores: [async () => await library.sweep(), async () => await releases.maintain()],
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
      ...{ agents, certificates, versions, jobs, units, clock },
      desiredStates: store.desiredStates,
      live: dispatcher,
    }),
    groups: new Groups({
      ...{ store: groups, agents, rollouts, changedFor },
      requirePublished: (version, concerned) => requirePublished(version, { agents: concerned, releases }),
    }),
    guessThrottle,
    installerFiles,
    installers,
    jobs,
    library,
    log,
    logs,
    peerOf: options.peerOf,
    publicUrl: options.publicUrl,
    releases,
    registration: new Registration({ settings, agents, clock }),
    results: new Results({ jobs, ends, clock }),
    rollouts: new Rollouts({
      ...{ store: rollouts, agents, groups, releases, conductor, changedFor, clock },
    }),
    units,
    tokens: new AdminTokens(settings, clock),
    /** Tidies up what the last run left, then once a day, and moves rollouts; resolves to what ends that. */
    startLoops: async (): Promise<() => Promise<void>> => {
      await library.sweep({ includeAside: true });
      await installers.sweep({ includeAside: true });
      await releases.sweep({ includeAside: true });
      await maintain(maintenance);
      const endMaintenance = startMaintenance(maintenance);
      const stop = new AbortController();
      const loops = runLoops(stop.signal, { rollouts: async (signal) => await conductor.loop(signal) });
      return async () => {
        endMaintenance();
        stop.abort(new Stopped('shutdown'));
        await loops;
      };
    },
    /** Ends check-ins and lets go of all who wait, so that the listener can close. */
    close: (): void => {
      logs.close();
      checkinDoor.close();
      ends.close();
    },
  };
}

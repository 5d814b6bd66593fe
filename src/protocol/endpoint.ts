import type { UnitState } from './schemas/desired.ts';
import type { JobOutcome } from './schemas/job.ts';
import type { UnitProblem } from './unit-problems.ts';

/** What the command line of `commander-agent` asks of the agent; `bin` puts the two together. */
export interface EndpointActions {
  enroll(settings: SettingFlags, order: EnrollOrder): Promise<EnrollSummary>;
  /** Resolves when the agent has been stopped by a signal. */
  run(settings: SettingFlags): Promise<void>;
  status(settings: SettingFlags): Promise<EndpointStatus>;
  /** The tasks that this endpoint keeps. */
  schedule(settings: SettingFlags): Promise<EndpointTask[]>;
  /** The services that this endpoint keeps. */
  services(settings: SettingFlags): Promise<UnitState[]>;
  /** Piece by piece, as it is written. */
  serviceLog(settings: SettingFlags, order: LogOrder): AsyncIterable<string>;
  restartService(settings: SettingFlags, service: string): Promise<RestartAnswer>;
  /** Which version this endpoint runs, and why. */
  update(settings: SettingFlags): Promise<EndpointUpdate>;
  orderUpdate(settings: SettingFlags, order: UpdateOrder): Promise<UpdateAnswer>;
  readonly service: ServiceActions;
}

/** What somebody at this endpoint wants of its version. */
export type UpdateOrder =
  /** Look now; with `retry`, at a version that failed as well. */
  | { readonly kind: 'check'; readonly retry: boolean }
  | { readonly kind: 'rollback' }
  /** Keep this version, the current one if none is named, whatever the server wants. */
  | { readonly kind: 'pin'; readonly version?: string }
  | { readonly kind: 'unpin' };

export interface UpdateAnswer {
  /** False when no agent has taken it up yet; the next one that runs does. */
  readonly isTaken: boolean;
}

export interface RestartAnswer {
  readonly service: string;
  /** False when no agent has taken it up yet; the next one that runs does. */
  readonly isTaken: boolean;
}

/** What of a service's log is wanted. */
export interface LogOrder {
  readonly service: string;
  /** Begin so many bytes before its end. */
  readonly tailBytes: number;
  /** Wait for more. */
  readonly follow: boolean;
}

/** The agent as a service of this machine. */
export interface ServiceActions {
  /** The service will run with these settings. */
  install(settings: SettingFlags): Promise<ServiceChange>;
  uninstall(settings: SettingFlags, order: { readonly purge: boolean }): Promise<ServiceChange>;
  start(): Promise<ServiceChange>;
  stop(settings: SettingFlags, order: StopOrder): Promise<ServiceChange>;
  status(): Promise<ServiceReport>;
  /** What a service manager starts. Resolves when the service has been stopped. */
  run(settings: SettingFlags): Promise<void>;
}

export interface StopOrder {
  /** Ends the services as well that the agent keeps; else they go on, and the next agent takes them over. */
  readonly withServices: boolean;
}

export interface ServiceChange {
  /** False when everything was so already. */
  readonly changed: boolean;
  /** The state folder, if that went as well. */
  readonly removedDir?: string;
}

/** What `commander-agent service status --json` prints. */
export interface ServiceReport {
  readonly manager: 'systemd' | 'launchd' | 'windows' | 'none';
  readonly state: 'not-installed' | 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';
  /** Whether it is started when the machine is. */
  readonly startsAtBoot: boolean;
  readonly pid?: number;
  /** What to do where there is no service manager, one sentence. */
  readonly advice?: string;
}

/** Settings given on the command line; they go before environment and configuration file. */
export interface SettingFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly logLevel?: string;
}

/** What `enroll` was told, as it was typed. */
export interface EnrollOrder {
  readonly token?: string;
  readonly server?: string;
  readonly registrationKey?: string;
  readonly caFingerprint?: string;
  readonly trustOnFirstUse?: boolean;
  /** Address of an original CAPy; `server` is then an original Commander. */
  readonly capy?: string;
  readonly force?: boolean;
}

export interface EnrollSummary {
  readonly agentID: string;
  readonly server: string;
  /** SHA-256 of the root certificate that is trusted from now on, hex. */
  readonly fingerprint: string;
  /** ISO 8601, UTC. */
  readonly certificateExpiresAt: string;
  /** Sentences that a person should read. */
  readonly warnings: readonly string[];
}

/** What `commander-agent status --json` prints. Times are ISO 8601, UTC. */
export interface EndpointStatus {
  readonly state: 'not-enrolled' | 'stopped' | 'connecting' | 'connected' | 'refused';
  /** Why it is not connected and what to do, one sentence. */
  readonly problem?: string;
  readonly stateDir: string;
  readonly server?: string;
  readonly agentID?: string;
  readonly certificateExpiresAt?: string;
  /** Of the running agent. */
  readonly pid?: number;
  readonly version?: string;
  readonly since?: string;
  readonly protocol?: 1 | 2;
  /** When there is more to say of its version. */
  readonly update?: Pick<EndpointUpdate, 'pinned' | 'probation' | 'bad'>;
  readonly jobs: EndpointJobs;
  /** Tasks and services. */
  readonly units: readonly UnitState[];
  /** Those that cannot be kept as the server wants them, and why; an older version of them is kept, if there was one. */
  readonly rejected: readonly UnitProblem[];
}

/** What `commander-agent update status --json` prints. Times are ISO 8601, UTC. */
export interface EndpointUpdate {
  readonly current: string;
  /** Kept to go back to. */
  readonly previous?: string;
  /** Of the installed executable. */
  readonly base: string;
  /** By the server; undefined when it does not mind. */
  readonly wanted?: string;
  /** Stays here whatever the server wants. */
  readonly pinned?: string;
  readonly probation?: {
    readonly version: string;
    /** What it goes back to when it fails. */
    readonly from: string;
    readonly since: string;
    readonly starts: number;
  };
  /** Those that failed here. */
  readonly bad: readonly {
    readonly version: string;
    readonly reason: string;
    readonly at: string;
    /** Absent when it is not tried again until somebody asks. */
    readonly retryAt?: string;
  }[];
  /** Newest first. */
  readonly jobs: readonly (EndpointJob & { readonly version: string })[];
}

/** What `commander-agent schedule explain --json` prints. Times are ISO 8601, UTC. */
export interface EndpointTask extends UnitState {
  /** One sentence: when it is due, and what holds when that does not fit. */
  readonly rule: string;
  /** By which every due time is delayed on this endpoint. */
  readonly splaySeconds: number;
  /** Up to five. */
  readonly nextRuns: readonly string[];
  /** Why it did or did not run when it was due last. */
  readonly lastDue: string;
}

export interface EndpointJobs {
  /** Accepted, and not ended yet. */
  readonly active: number;
  /** Ended; the server has not confirmed the result yet. */
  readonly unreported: number;
  /** Newest first. */
  readonly recent: readonly EndpointJob[];
}

export interface EndpointJob {
  readonly jobID: string;
  readonly filename: string;
  readonly phase: string;
  readonly outcome?: JobOutcome;
  readonly exitCode?: number;
  readonly acceptedAt?: string;
}

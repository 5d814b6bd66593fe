/** What has the system start the agent at boot and keep it running. Each system has its own, and some have none. */
export interface ServiceManager {
  /** Makes the service, started at each boot from now on. Installing what is installed changes nothing. */
  install(definition: ServiceDefinition): Promise<ServiceAnswer>;
  /** Stops it and removes all that `install` made. */
  uninstall(): Promise<ServiceAnswer>;
  /** Resolves when it runs. @throws AppError SERVICE_NOT_INSTALLED, SERVICE_MANAGER_FAILED */
  start(): Promise<ServiceAnswer>;
  /** Resolves when it has ended, its jobs having had their grace. */
  stop(): Promise<ServiceAnswer>;
  status(): Promise<ServiceState | Unsupported>;
}

export interface ServiceDefinition {
  /** What starts this executable: its absolute path, and the script where it is not packed. */
  readonly program: readonly string[];
  /** Options that were chosen for it, with absolute paths. */
  readonly options: readonly string[];
  readonly stateDir: string;
}

export type ServiceAnswer = Done | Unsupported;

export interface Done {
  readonly kind: 'done';
  /** False when everything was so already. */
  readonly changed: boolean;
}

/** There is no service manager here, and this is what can be done instead. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly advice: string;
}

export interface ServiceState {
  readonly kind: 'state';
  readonly manager: 'systemd' | 'launchd' | 'windows';
  readonly state: 'not-installed' | 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';
  /** Whether it is started when the machine is. */
  readonly startsAtBoot: boolean;
  readonly pid?: number;
}

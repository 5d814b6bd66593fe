import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { systemProgram } from '../win32-processes.ts';
import {
  mustRun,
  notInstalled,
  requireAdmin,
  type CommandOutcome,
  type RunCommand,
} from './service-commands.ts';
import type { Done, ServiceDefinition, ServiceManager, ServiceState } from './service-manager.ts';
import { windowsCommandLine } from './windows-command-line.ts';

/** As the MSI registers it. */
export const WINDOWS_SERVICE = 'CommanderAgent';
const TITLE = 'Commander Agent';
const DESCRIPTION = 'Runs the jobs that its server assigns.';
const REGISTRY_KEY = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${WINDOWS_SERVICE}`;

/** Started again after 5, 30 and then each 60 seconds; a day without a failure begins anew. */
const RECOVERY = ['reset=', '86400', 'actions=', 'restart/5000/restart/30000/restart/60000'];

const ERROR_SERVICE_ALREADY_RUNNING = 1056;
const ERROR_SERVICE_DOES_NOT_EXIST = 1060;
const ERROR_SERVICE_NOT_ACTIVE = 1062;

/** The agent ends its jobs and reports them before it stops. */
const CHANGE_LIMIT_MS = 90_000;
const LOOK_EVERY_MS = 250;

export interface WindowsServicesOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly isAdmin: boolean;
  readonly run: RunCommand;
  readonly clock: Clock;
}

/** Windows' service manager, through sc.exe. What that says is in the user's language, so only numbers and names of states are read. */
export class WindowsServices implements ServiceManager {
  readonly #options: WindowsServicesOptions;

  constructor(options: WindowsServicesOptions) {
    this.#options = options;
  }

  async install({ program, options }: ServiceDefinition): Promise<Done> {
    this.#requireAdmin();
    const commandLine = windowsCommandLine([...program, 'service', 'run', ...options]);
    const registered = await this.#registry('ImagePath');
    const changed = registered !== commandLine || !(await this.#startsAtBoot());
    const verb = registered === undefined ? 'create' : 'config';
    if (changed) await this.#sc(verb, 'binPath=', commandLine, 'start=', 'auto', 'DisplayName=', TITLE);
    await this.#describe();
    return { kind: 'done', changed };
  }

  /** What a service also has that Windows Installer registered: that knows no recovery. */
  async #describe(): Promise<void> {
    await this.#sc('description', DESCRIPTION);
    await this.#sc('failure', ...RECOVERY);
    // Also when the agent ends by itself and says that something was wrong. Without it, only when it crashes: no reason to give up.
    await this.#try('failureflag', '1');
  }

  async uninstall(): Promise<Done> {
    this.#requireAdmin();
    const { state } = await this.status();
    if (state === 'not-installed') return { kind: 'done', changed: false };
    await this.#stopIfRunning(state);
    await this.#sc('delete');
    return { kind: 'done', changed: true };
  }

  async start(): Promise<Done> {
    this.#requireAdmin();
    const { code, output } = await this.#try('start');
    if (code === ERROR_SERVICE_ALREADY_RUNNING) return { kind: 'done', changed: false };
    this.#refuse({ code, output }, 'start');
    await this.#until('running');
    return { kind: 'done', changed: true };
  }

  async stop(): Promise<Done> {
    this.#requireAdmin();
    const { state } = await this.status();
    if (state === 'not-installed') throw notInstalled();
    return { kind: 'done', changed: await this.#stopIfRunning(state) };
  }

  async status(): Promise<ServiceState> {
    const { code, output } = await this.#try('query');
    const state = code === ERROR_SERVICE_DOES_NOT_EXIST ? 'not-installed' : stateIn(output);
    return {
      kind: 'state',
      manager: 'windows',
      state,
      startsAtBoot: state !== 'not-installed' && (await this.#startsAtBoot()),
    };
  }

  async #stopIfRunning(state: ServiceState['state']): Promise<boolean> {
    if (state === 'stopped') return false;
    const outcome = await this.#try('stop');
    if (outcome.code !== ERROR_SERVICE_NOT_ACTIVE && state !== 'stopping') this.#refuse(outcome, 'stop');
    await this.#until('stopped');
    return true;
  }

  /** sc.exe asks for a change and does not wait for it. */
  async #until(wanted: 'running' | 'stopped'): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + CHANGE_LIMIT_MS;
    for (;;) {
      const { state } = await this.status();
      if (state === wanted) return;
      const failed = wanted === 'running' && state === 'stopped';
      if (failed || clock.monotonic() > deadline)
        throw new AppError(
          'SERVICE_MANAGER_FAILED',
          `The service should be "${wanted}" and is "${state}"; its log in "logs" of the state folder says more`,
        );
      await clock.sleep(LOOK_EVERY_MS);
    }
  }

  async #startsAtBoot(): Promise<boolean> {
    return (await this.#registry('Start')) === '0x2';
  }

  /** A value as the service manager keeps it; undefined while there is no service. */
  async #registry(value: string): Promise<string | undefined> {
    const reg = systemProgram(this.#options.environment, 'reg.exe');
    const { output } = await this.#options.run(reg, ['query', REGISTRY_KEY, '/v', value]);
    return /\sREG_\w+\s+(.*\S)/.exec(output)?.[1];
  }

  async #sc(verb: string, ...args: string[]): Promise<void> {
    await mustRun(this.#options.run, this.#scPath(), [verb, WINDOWS_SERVICE, ...args]);
  }

  async #try(verb: string, ...args: string[]): Promise<CommandOutcome> {
    return await this.#options.run(this.#scPath(), [verb, WINDOWS_SERVICE, ...args]);
  }

  #scPath(): string {
    return systemProgram(this.#options.environment, 'sc.exe');
  }

  #refuse({ code, output }: CommandOutcome, what: string): void {
    if (code === ERROR_SERVICE_DOES_NOT_EXIST) throw notInstalled();
    if (code !== 0)
      throw new AppError(
        'SERVICE_MANAGER_FAILED',
        `Cannot ${what} the service (${code}): ${output.replaceAll(/\s+/g, ' ')}`,
      );
  }

  #requireAdmin(): void {
    requireAdmin(this.#options.isAdmin, 'run this command in a prompt that was opened "as administrator"');
  }
}

const STATES: Readonly<Record<string, ServiceState['state']>> = {
  STOPPED: 'stopped',
  START_PENDING: 'starting',
  STOP_PENDING: 'stopping',
  RUNNING: 'running',
};

function stateIn(output: string): ServiceState['state'] {
  const name = /\b\d\s+(STOPPED|START_PENDING|STOP_PENDING|RUNNING)\b/.exec(output)?.[1];
  return STATES[name ?? ''] ?? 'not-installed';
}

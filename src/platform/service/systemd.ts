import { existsSync, readFileSync, rmSync } from 'node:fs';
import { posix } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { AppError } from '../../lib/errors.ts';
import { mustRun, notInstalled, requireAdmin, type RunCommand } from './service-commands.ts';
import type { Done, ServiceDefinition, ServiceManager, ServiceState } from './service-manager.ts';
import { SYSTEMD_UNIT, systemdUnit } from './systemd-unit.ts';

const OWN_DIR = 'etc/systemd/system';
const PACKAGE_DIRS = ['usr/lib/systemd/system', 'lib/systemd/system'];

export interface SystemdOptions {
  readonly rootDir: string;
  readonly isAdmin: boolean;
  readonly run: RunCommand;
}

/** Whether systemd is what started this machine (sd_booted(3)). */
export function isBootedBySystemd(rootDir: string): boolean {
  return existsSync(posix.join(rootDir, 'run/systemd/system'));
}

export class Systemd implements ServiceManager {
  readonly #options: SystemdOptions;
  readonly #unitPath: string;

  constructor(options: SystemdOptions) {
    this.#options = options;
    this.#unitPath = posix.join(options.rootDir, OWN_DIR, SYSTEMD_UNIT);
  }

  async install(definition: ServiceDefinition): Promise<Done> {
    this.#requireRoot();
    const wrote = this.#isPackaged() ? keepPackaged(definition) : this.#writeUnit(definition);
    if (wrote) await this.#systemctl('daemon-reload');
    const enabled = await this.#isEnabled();
    if (!enabled) await this.#systemctl('--quiet', 'enable', SYSTEMD_UNIT);
    return { kind: 'done', changed: wrote || !enabled };
  }

  /** A package's unit stays until the package goes; it is only kept from starting. */
  async uninstall(): Promise<Done> {
    this.#requireRoot();
    const { state, startsAtBoot } = await this.status();
    if (state === 'not-installed') return { kind: 'done', changed: false };
    await this.#systemctl('--quiet', 'disable', '--now', SYSTEMD_UNIT);
    const own = existsSync(this.#unitPath);
    if (own) {
      rmSync(this.#unitPath);
      await this.#systemctl('daemon-reload');
      // Of a unit that is gone, a failure would be remembered until the next boot.
      await this.#options.run('systemctl', ['--quiet', 'reset-failed', SYSTEMD_UNIT]);
    }
    return { kind: 'done', changed: own || startsAtBoot || state !== 'stopped' };
  }

  async start(): Promise<Done> {
    this.#requireRoot();
    const before = await this.#installedState();
    if (before === 'running') return { kind: 'done', changed: false };
    await this.#systemctl('start', SYSTEMD_UNIT);
    if ((await this.#installedState()) !== 'running') throw neverEnrolled();
    return { kind: 'done', changed: true };
  }

  async stop(): Promise<Done> {
    this.#requireRoot();
    const before = await this.#installedState();
    if (before !== 'stopped') await this.#systemctl('stop', SYSTEMD_UNIT);
    return { kind: 'done', changed: before !== 'stopped' };
  }

  async status(): Promise<ServiceState> {
    const names = ['LoadState', 'ActiveState', 'MainPID'];
    const { output } = await this.#options.run('systemctl', [
      'show',
      `--property=${names.join(',')}`,
      SYSTEMD_UNIT,
    ]);
    const properties = readProperties(output);
    const pid = Number(properties.get('MainPID'));
    return {
      kind: 'state',
      manager: 'systemd',
      state: stateOf(properties),
      startsAtBoot: await this.#isEnabled(),
      ...(pid > 0 ? { pid } : {}),
    };
  }

  async #installedState(): Promise<ServiceState['state']> {
    const { state } = await this.status();
    if (state === 'not-installed') throw notInstalled();
    return state;
  }

  #isPackaged(): boolean {
    return PACKAGE_DIRS.some((dir) => existsSync(posix.join(this.#options.rootDir, dir, SYSTEMD_UNIT)));
  }

  #writeUnit({ program, options, stateDir }: ServiceDefinition): boolean {
    const unit = systemdUnit({ command: [...program, 'run', ...options], stateDir });
    if (existsSync(this.#unitPath) && readFileSync(this.#unitPath, 'utf8') === unit) return false;
    writeFileAtomic(this.#unitPath, unit, { mode: 0o644 });
    return true;
  }

  async #isEnabled(): Promise<boolean> {
    return (await this.#options.run('systemctl', ['--quiet', 'is-enabled', SYSTEMD_UNIT])).code === 0;
  }

  async #systemctl(...args: string[]): Promise<void> {
    await mustRun(this.#options.run, 'systemctl', args);
  }

  #requireRoot(): void {
    requireAdmin(this.#options.isAdmin, 'run this command as root, with "sudo"');
  }
}

/** A unit of ours would hide the package's from then on, upgrades of it included. */
function keepPackaged({ options }: ServiceDefinition): boolean {
  if (options.length === 0) return false;
  throw new AppError(
    'USAGE',
    `A package has installed the service, so it takes no "${options[0] ?? ''}"; ` +
      'put the setting into "/etc/commander-agent/config.json"',
  );
}

/** systemctl calls a start that the unit's conditions forbade a success. */
function neverEnrolled(): AppError {
  return new AppError(
    'NOT_ENROLLED',
    'The service does not run, because this endpoint has not been enrolled into its state folder',
  );
}

function readProperties(output: string): Map<string, string> {
  return new Map(
    output.split('\n').map((line) => {
      const [name = '', value = ''] = line.split('=', 2);
      return [name, value.trim()];
    }),
  );
}

const STATES: Readonly<Record<string, ServiceState['state']>> = {
  active: 'running',
  reloading: 'running',
  activating: 'starting',
  deactivating: 'stopping',
  failed: 'failed',
};

function stateOf(properties: ReadonlyMap<string, string>): ServiceState['state'] {
  if (properties.get('LoadState') === 'not-found') return 'not-installed';
  return STATES[properties.get('ActiveState') ?? ''] ?? 'stopped';
}

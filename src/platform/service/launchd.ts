import { existsSync, readFileSync, rmSync } from 'node:fs';
import { posix } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { LAUNCHD_LABEL, launchdPlist } from './launchd-plist.ts';
import { mustRun, notInstalled, requireAdmin, type RunCommand } from './service-commands.ts';
import type { Done, ServiceDefinition, ServiceManager, ServiceState } from './service-manager.ts';

const TARGET = `system/${LAUNCHD_LABEL}`;
const LOG_PATH = 'var/log/commander-agent.log';

export interface LaunchdOptions {
  readonly rootDir: string;
  readonly isAdmin: boolean;
  readonly run: RunCommand;
}

/** launchd loads what lies in its folder at boot; until then, starting is loading and stopping is unloading. */
export class Launchd implements ServiceManager {
  readonly #options: LaunchdOptions;
  readonly #plistPath: string;

  constructor(options: LaunchdOptions) {
    this.#options = options;
    this.#plistPath = posix.join(options.rootDir, `Library/LaunchDaemons/${LAUNCHD_LABEL}.plist`);
  }

  /** A daemon that is loaded keeps its old definition until it is started anew. */
  async install({ program, options }: ServiceDefinition): Promise<Done> {
    this.#requireRoot();
    const plist = launchdPlist([...program, 'service', 'run', ...options]);
    if (this.#isInstalled() && readFileSync(this.#plistPath, 'utf8') === plist)
      return { kind: 'done', changed: false };
    writeFileAtomic(this.#plistPath, plist, { mode: 0o644 });
    await this.#launchctl('enable', TARGET); // one that was disabled stays so even when it is written anew
    return { kind: 'done', changed: true };
  }

  async uninstall(): Promise<Done> {
    this.#requireRoot();
    const loaded = await this.#unload();
    const installed = this.#isInstalled();
    rmSync(this.#plistPath, { force: true });
    rmSync(posix.join(this.#options.rootDir, LOG_PATH), { force: true });
    return { kind: 'done', changed: installed || loaded };
  }

  async start(): Promise<Done> {
    this.#requireRoot();
    if (!this.#isInstalled()) throw notInstalled();
    const { state } = await this.status();
    if (state === 'running') return { kind: 'done', changed: false };
    if (await this.#isLoaded()) await this.#launchctl('kickstart', TARGET);
    else await this.#launchctl('bootstrap', 'system', this.#plistPath);
    return { kind: 'done', changed: true };
  }

  async stop(): Promise<Done> {
    this.#requireRoot();
    if (!this.#isInstalled()) throw notInstalled();
    return { kind: 'done', changed: await this.#unload() };
  }

  async status(): Promise<ServiceState> {
    const { code, output } = await this.#print();
    const installed = this.#isInstalled();
    const pid = code === 0 ? /^\s*pid = (\d+)$/m.exec(output)?.[1] : undefined;
    return {
      kind: 'state',
      manager: 'launchd',
      state: !installed && code !== 0 ? 'not-installed' : pid === undefined ? 'stopped' : 'running',
      startsAtBoot: installed,
      ...(pid === undefined ? {} : { pid: Number(pid) }),
    };
  }

  /** True when there was something to unload. Any signal would have launchd start it again at once. */
  async #unload(): Promise<boolean> {
    const loaded = await this.#isLoaded();
    if (loaded) await this.#launchctl('bootout', TARGET);
    return loaded;
  }

  async #isLoaded(): Promise<boolean> {
    return (await this.#print()).code === 0;
  }

  async #print(): ReturnType<RunCommand> {
    return await this.#options.run('launchctl', ['print', TARGET]);
  }

  #isInstalled(): boolean {
    return existsSync(this.#plistPath);
  }

  async #launchctl(...args: string[]): Promise<void> {
    await mustRun(this.#options.run, 'launchctl', args);
  }

  #requireRoot(): void {
    requireAdmin(this.#options.isAdmin, 'run this command as root, with "sudo"');
  }
}

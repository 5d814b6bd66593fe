import { existsSync } from 'node:fs';
import type { AgentConfig } from '../agent/config/schema.ts';
import type { HandOverOptions } from '../agent/update/switch/hand-over.ts';
import { takeLaunchMark, validMark, type LaunchMark } from '../agent/update/switch/launch-mark.ts';
import { switchPathOf } from '../agent/update/switch/versions-folder.ts';
import { VERSION } from '../lib/build-info.ts';
import { systemClock } from '../lib/clock.ts';
import { EXIT } from '../lib/exit-codes.ts';
import { self } from '../lib/self.ts';
import { stopReasonOf } from '../lib/stopped.ts';
import type { AgentLink } from '../platform/agent-link.ts';
import { currentPlatform } from '../platform/select.ts';

/** Sees to it that the version runs that is current; nothing of it is loaded on an endpoint that has never been updated. */
export class HandOver {
  readonly #mark: LaunchMark | undefined;
  /** Whether this process is the child of one that stays, and chooses which version runs. */
  readonly isKept: boolean;

  constructor({ env, channel }: Pick<NodeJS.Process, 'env' | 'channel'>) {
    const mark = takeLaunchMark(env);
    this.isKept = mark !== undefined && channel !== undefined;
    this.#mark = validMark(mark, { version: VERSION, self: self() });
  }

  /**
   * Runs an agent here, unless another version is to run; that one goes on as well when the agent makes room for it. Gives back the
   * exit code that this process is to end with.
   */
  async around(
    config: AgentConfig,
    link: AgentLink,
    run: (link: AgentLink) => Promise<void>,
  ): Promise<number> {
    const beGuarded = async (): Promise<void> => await this.#beGuarded(config);
    if (this.isKept) {
      const { keeperLink } = await import('../platform/keeper-link.ts');
      await run({ ...keeperLink(process), beGuarded });
      return EXIT.ok;
    }
    if (this.#mark === undefined) {
      const exitCode = await this.#handOver(config, link, { startsAnew: false });
      if (exitCode !== undefined) return exitCode;
    }
    await run({ ...link, beGuarded });
    if (stopReasonOf(link.stop) === 'shutdown') return EXIT.ok;
    return (await this.#handOver(config, link, { startsAnew: true })) ?? EXIT.ok;
  }

  /** For a command that reads what the agent has written. */
  async toLook(config: AgentConfig): Promise<AgentConfig> {
    if (this.#mark === undefined && hasSwitch(config)) {
      const { handOverToLook } = await import('../agent/update/switch/hand-over.ts');
      const exitCode = await handOverToLook(await this.#options(config));
      if (exitCode !== undefined) process.exit(exitCode);
    }
    return config;
  }

  /** By the installed executable, as whenever that one starts a version. */
  async #beGuarded(config: AgentConfig): Promise<void> {
    const { agentOf, launcherOf } = await import('../agent/update/switch/hand-over.ts');
    const { startGuard } = await import('../agent/update/switch/start-guard.ts');
    const { probationLimits } = await import('../agent/config/limits.ts');
    const { stateDir } = config;
    const launcher = launcherOf({ mark: this.#mark, self: self(), stateDir });
    if (launcher === undefined) return;
    const agent = this.isKept ? {} : { agent: agentOf(launcher, { self: self() }) };
    const { pid, env: environment } = process;
    const guarding = { stateDir, limits: probationLimits(config), self: launcher, environment };
    await startGuard({ version: VERSION, pid, ...agent }, { ...guarding, platform: currentPlatform() });
  }

  async #handOver(
    config: AgentConfig,
    link: AgentLink,
    when: { startsAnew: boolean },
  ): Promise<number | undefined> {
    if (!hasSwitch(config)) return undefined;
    const { isReplaced } = await import('../agent/update/switch/hand-over.ts');
    if (when.startsAnew && !isReplaced({ stateDir: config.stateDir, version: VERSION })) return undefined;
    const options = { ...(await this.#options(config)), ...when };
    if (options.os !== 'win32') {
      const { becomeCurrent } = await import('../agent/update/switch/become-current.ts');
      return await becomeCurrent({ ...options, stops: [link.stop, link.stopNow] });
    }
    const { keepCurrent } = await import('../agent/update/switch/keep-current.ts');
    const { keepChild } = await import('../platform/keep-child.ts');
    return await keepCurrent({ ...options, become: keepChild(link), stop: link.stop, clock: systemClock });
  }

  async #options(config: AgentConfig): Promise<Omit<HandOverOptions, 'startsAnew'>> {
    const { probationLimits } = await import('../agent/config/limits.ts');
    const { becomeOn } = await import('../platform/become.ts');
    const { startGuard } = await import('../agent/update/switch/start-guard.ts');
    const platform = currentPlatform();
    const { os } = platform;
    const { stateDir } = config;
    const { pid, env: environment } = process;
    const guarding = { stateDir, limits: probationLimits(config), self: self(), platform, environment };
    return {
      ...{ own: VERSION, self: self(), mark: this.#mark, environment, os, pid },
      stateDir,
      become: becomeOn(os),
      watch: async (watched) => await startGuard(watched, guarding),
      now: Date.now,
    };
  }
}

function hasSwitch({ stateDir }: AgentConfig): boolean {
  return existsSync(switchPathOf(stateDir));
}

import { existsSync } from 'node:fs';
import type { AgentConfig } from '../agent/config/schema.ts';
import type { HandOverOptions } from '../agent/update/switch/hand-over.ts';
import { takeLaunchMark, validMark, type LaunchMark } from '../agent/update/switch/launch-mark.ts';
import { switchPathOf } from '../agent/update/switch/versions-folder.ts';
import { VERSION } from '../lib/build-info.ts';
import { self } from '../lib/self.ts';
import { stopReasonOf } from '../lib/stopped.ts';
import { currentPlatform } from '../platform/select.ts';

/** Sees to it that the version runs that is current; nothing of it is loaded on an endpoint that has never been updated. */
export class HandOver {
  readonly #mark: LaunchMark | undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#mark = validMark(takeLaunchMark(environment), { version: VERSION, self: self() });
  }

  /** Runs an agent here, unless another version is to run; that one goes on as well when the agent makes room for it. */
  async around(config: AgentConfig, stop: AbortSignal, run: () => Promise<void>): Promise<void> {
    if (this.#mark === undefined) await this.#handOver(config, { hasRun: false });
    await run();
    if (stopReasonOf(stop) !== 'shutdown') await this.#handOver(config, { hasRun: true });
  }

  /** For a command that reads what the agent has written. */
  async toLook(config: AgentConfig): Promise<AgentConfig> {
    if (this.#mark === undefined && hasSwitch(config)) {
      const { handOverToLook } = await import('../agent/update/switch/hand-over.ts');
      leaveWith(await handOverToLook(await this.#options(config)));
    }
    return config;
  }

  async #handOver(config: AgentConfig, when: { hasRun: boolean }): Promise<void> {
    if (!hasSwitch(config)) return;
    const { handOver } = await import('../agent/update/switch/hand-over.ts');
    leaveWith(await handOver({ ...(await this.#options(config)), ...when }));
  }

  async #options(config: AgentConfig): Promise<Omit<HandOverOptions, 'hasRun'>> {
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

/** Where a process cannot become another program, that one has ended by now. */
function leaveWith(exitCode: number | undefined): void {
  if (exitCode !== undefined) process.exit(exitCode);
}

import { notifySocket, type SendNotice } from './notify-socket.ts';
import type { Supervisor, SupervisorNews } from './supervisor.ts';

/**
 * In the words of sd_notify(3). Draining is not "STOPPING=1": from that on the whole service has TimeoutStopSec= to end, and
 * whoever makes room for a new version waits for jobs as long as they take.
 */
const NOTICES: Record<SupervisorNews, string> = {
  unenrolled: 'READY=1\nSTATUS=Waiting to be enrolled',
  running: 'READY=1\nSTATUS=Running',
  draining: 'STATUS=Stopping once running jobs have ended',
  stopping: 'STOPPING=1\nSTATUS=Stopping',
};

/** Tells systemd how it goes, if it started us and wants to know. Where it asks for signs of life it gets them, and nobody else a timer. */
export async function systemdSupervisor(
  environment: NodeJS.ProcessEnv,
  pid: number,
): Promise<Supervisor | undefined> {
  const path = environment['NOTIFY_SOCKET'];
  if (path === undefined || path === '') return undefined;
  return new SystemdSupervisor(await notifySocket(path), beatPeriod(environment, pid));
}

/** Milliseconds between signs of life: half of what systemd waits for one (sd_watchdog_enabled(3)). */
export function beatPeriod(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { WATCHDOG_USEC: limit, WATCHDOG_PID: watched } = environment;
  if (watched !== undefined && watched !== String(pid)) return undefined; // meant for who started us
  const limitMs = Number(limit) / 1000;
  return limitMs > 0 ? limitMs / 2 : undefined;
}

/** The timer is the main event loop's, which does all of the agent's work: when that hangs, there is silence. */
export class SystemdSupervisor implements Supervisor {
  readonly #send: SendNotice;
  readonly #beatMs: number | undefined;
  #beats: NodeJS.Timeout | undefined;

  constructor(send: SendNotice, beatMs: number | undefined) {
    this.#send = send;
    this.#beatMs = beatMs;
  }

  tell(news: SupervisorNews): void {
    this.#send(NOTICES[news]);
    if (news === 'stopping') clearInterval(this.#beats);
    else if (this.#beatMs !== undefined) this.#beats ??= this.#beat(this.#beatMs);
  }

  /** The first at once: after an update in this process, systemd still counts from the last one of the version before. */
  #beat(everyMs: number): NodeJS.Timeout {
    this.#send('WATCHDOG=1');
    return setInterval(() => this.#send('WATCHDOG=1'), everyMs).unref();
  }
}

import { AppError } from '../../lib/errors.ts';
import { Stopped } from '../../lib/stopped.ts';
import type { Supervisor } from './supervisor.ts';
import {
  CONTROL,
  ERROR_CALL_NOT_IMPLEMENTED,
  ERROR_SERVICE_SPECIFIC_ERROR,
  NO_ERROR,
  STATE,
  type ServiceApi,
} from './windows-service-api.ts';

/** The process is the service's alone. */
const OWN_PROCESS = 0x10;
/** Flags of what is listened to: stop, shutdown, and the earlier notice of one, which leaves jobs more time to end. */
const ACCEPTED = 0x1 | 0x4 | 0x100;
/** While something is pending, a new checkpoint within the hint says that it goes on. */
const WAIT_HINT_MS = 10_000;
const CHECKPOINT_EVERY_MS = 2_000;

type StateNumber = (typeof STATE)[keyof typeof STATE];

/** The agent's work, for whoever runs it. `stop` is aborted when it is asked to end. Gives back its exit code. */
export type ServiceWork = (link: { supervisor: Supervisor; stop: AbortSignal }) => Promise<number>;

/**
 * Is a Windows service until `work` has ended, and gives back its exit code. When it fails or throws, Windows is told so, and its
 * recovery actions apply.
 * @throws what `work` threw; AppError USAGE when Windows' service manager has not started this process
 */
export async function runWindowsService(
  work: ServiceWork,
  api: ServiceApi,
  { checkpointEveryMs = CHECKPOINT_EVERY_MS } = {},
): Promise<number> {
  return await new WindowsService({ work, api, checkpointEveryMs }).run();
}

interface WindowsServiceOptions {
  readonly work: ServiceWork;
  readonly api: ServiceApi;
  readonly checkpointEveryMs: number;
}

class WindowsService {
  readonly #options: WindowsServiceOptions;
  readonly #stop = new AbortController();
  #state: StateNumber = STATE.startPending;
  #checkPoint = 0;
  #ended: Promise<number> | undefined;
  #checkpoints: NodeJS.Timeout | undefined;

  constructor(options: WindowsServiceOptions) {
    this.#options = options;
  }

  async run(): Promise<number> {
    const wasService = await new Promise<boolean>((done) => {
      const onMain = (): void => {
        this.#ended = this.#begin();
        this.#ended.catch(() => undefined); // whoever awaits it below gets to see it
      };
      this.#options.api.dispatch({ onMain, onControl: (control) => this.#onControl(control) }, done);
    });
    if (!wasService || this.#ended === undefined) throw startedByHand();
    return await this.#ended;
  }

  async #begin(): Promise<number> {
    this.#enter(STATE.startPending);
    // One service has one stop; everything else that it is told has no meaning for Windows.
    const supervisor: Supervisor = { tell: () => this.#isRunning() };
    try {
      const exitCode = await this.#options.work({ supervisor, stop: this.#stop.signal });
      this.#leave(exitCode);
      return exitCode;
    } catch (error) {
      this.#leave(1);
      throw error;
    }
  }

  #isRunning(): void {
    if (this.#state === STATE.startPending) this.#enter(STATE.running);
  }

  #onControl(control: number): number {
    switch (control) {
      case CONTROL.stop:
      case CONTROL.shutdown:
      case CONTROL.preshutdown:
        if (this.#state !== STATE.stopped) this.#enter(STATE.stopPending);
        this.#stop.abort(new Stopped('shutdown'));
        return NO_ERROR;
      case CONTROL.interrogate:
        return NO_ERROR;
      default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
  }

  /** The one place where the state changes, but for the last one. */
  #enter(state: StateNumber): void {
    this.#state = state;
    const isPending = state !== STATE.running;
    if (isPending) this.#checkpoints ??= setInterval(() => this.#report(), this.#options.checkpointEveryMs);
    else this.#endCheckpoints();
    this.#report();
  }

  /** Windows may end the process right after this. */
  #leave(serviceExitCode: number): void {
    this.#endCheckpoints();
    this.#state = STATE.stopped;
    this.#report(serviceExitCode);
  }

  #endCheckpoints(): void {
    clearInterval(this.#checkpoints);
    this.#checkpoints = undefined;
    this.#checkPoint = 0;
  }

  #report(serviceExitCode = 0): void {
    const isPending = this.#checkpoints !== undefined;
    this.#options.api.setStatus({
      serviceType: OWN_PROCESS,
      currentState: this.#state,
      controlsAccepted: this.#state === STATE.running ? ACCEPTED : 0,
      exitCode: serviceExitCode === 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR,
      serviceExitCode,
      checkPoint: isPending ? ++this.#checkPoint : 0,
      waitHintMs: isPending ? WAIT_HINT_MS : 0,
    });
  }
}

function startedByHand(): AppError {
  return new AppError(
    'USAGE',
    `"service run" is for Windows' service manager; start the service with "commander-agent service start", ` +
      'or run the agent here with "commander-agent run"',
  );
}

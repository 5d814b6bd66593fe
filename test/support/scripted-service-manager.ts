import type {
  ServiceApi,
  ServiceHandlers,
  ServiceStatus,
} from '../../src/platform/service/windows-service-api.ts';

/** Stands in for Windows' service manager: keeps what it is told, and lets go of the process when the service has stopped. */
export class ScriptedServiceManager implements ServiceApi {
  readonly statuses: ServiceStatus[] = [];
  #handlers: ServiceHandlers | undefined;
  #done: ((wasService: boolean) => void) | undefined;
  readonly #startedUs: boolean;

  constructor({ startedUs = true } = {}) {
    this.#startedUs = startedUs;
  }

  dispatch(handlers: ServiceHandlers, done: (wasService: boolean) => void): void {
    this.#handlers = handlers;
    this.#done = done;
    if (this.#startedUs) setImmediate(handlers.onMain);
    else setImmediate(done, false);
  }

  setStatus(status: ServiceStatus): void {
    this.statuses.push(status);
    if (status.currentState === 1) setImmediate(() => this.#done?.(true));
  }

  control(number: number): number | undefined {
    return this.#handlers?.onControl(number);
  }

  get states(): number[] {
    return this.statuses.map(({ currentState }) => currentState);
  }
}

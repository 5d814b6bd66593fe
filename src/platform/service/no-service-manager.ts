import type { ServiceDefinition, ServiceManager, Unsupported } from './service-manager.ts';

/** For machines whose service manager, if they have one, we do not know: says what to do without. */
export class NoServiceManager implements ServiceManager {
  readonly #program: readonly string[];

  /** `program` is what starts this executable. */
  constructor(program: readonly string[]) {
    this.#program = program;
  }

  install({ program, options }: ServiceDefinition): Promise<Unsupported> {
    return Promise.resolve(adviceToRun([...program, 'run', ...options]));
  }

  uninstall(): Promise<Unsupported> {
    return this.#answer();
  }

  start(): Promise<Unsupported> {
    return this.#answer();
  }

  stop(): Promise<Unsupported> {
    return this.#answer();
  }

  status(): Promise<Unsupported> {
    return this.#answer();
  }

  #answer(): Promise<Unsupported> {
    return Promise.resolve(adviceToRun([...this.#program, 'run']));
  }
}

function adviceToRun(command: readonly string[]): Unsupported {
  const line = command.map((word) => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  const advice =
    `There is no service manager here that this agent knows; have yours run "${line}", ` +
    `or put the line "@reboot ${line}" into root's crontab with "crontab -e"`;
  return { kind: 'unsupported', advice };
}

/** What modules see of the log. The winston behind it is made in `create-logger.ts` and passed in. */
export interface Logger {
  /** A person must act. */
  error(evt: string, msg: string, fields?: LogFields): void;
  /** Degraded, but carrying on. */
  warn(evt: string, msg: string, fields?: LogFields): void;
  /** A few lines per job. */
  info(evt: string, msg: string, fields?: LogFields): void;
  /** Everything else. */
  debug(evt: string, msg: string, fields?: LogFields): void;
  /** The same log with `fields` on every line. */
  child(fields: LogFields): Logger;
}

/** Values of a line; an `err` is written as {code, chain, stack}. */
export type LogFields = Readonly<Record<string, unknown>> & { readonly err?: unknown };

export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};

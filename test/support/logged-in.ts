import { AdminServer } from './admin-server.ts';
import type { Cleanup } from './cleanup.ts';
import { runCommander, type CommandRun, type RunOptions } from './run-commander.ts';
import { makeTempDir } from './temp-dir.ts';

export interface LoggedIn {
  server: AdminServer;
  configDir: string;
  run: (argv: readonly string[], options?: RunOptions) => Promise<CommandRun>;
}

/** A running server and an admin with a session at it; both are gone when the test has ended. */
export async function startLoggedIn(onEnd: (cleanup: Cleanup) => void): Promise<LoggedIn> {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  const configDir = makeTempDir(onEnd);
  await server.logIn(configDir);
  return { server, configDir, run: (argv, options) => runCommander(argv, configDir, options) };
}

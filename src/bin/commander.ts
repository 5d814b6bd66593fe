import { commander } from '../cli/commander.ts';
import { systemConsole } from '../cli/console.ts';
import { runProgram } from '../cli/program.ts';
import type { Init } from '../cli/server/init.ts';
import type { RunningServer, ServeOptions } from '../cli/server/serve.ts';
import { systemClock } from '../lib/clock.ts';
import { homeDir } from '../lib/home-dir.ts';
import { self } from '../lib/self.ts';
import { currentPlatform } from '../platform/select.ts';

const program = commander({
  os: currentPlatform().os,
  homeDir: homeDir(),
  clock: systemClock,
  init,
  serve,
  untilInterrupted,
});

void runProgram(program, self().argv, systemConsole(process)).then((code) => {
  process.exitCode = code;
});

/** The server is most of this executable, and of no use to the admin's commands. */
async function serve({ logLevel, behindProxy, ...options }: ServeOptions): Promise<RunningServer> {
  const { createLogger } = await import('../lib/create-logger.ts');
  const { startServer } = await import('../server/compose/server.ts');
  const log = createLogger({ level: logLevel, clock: systemClock, terminal: process.stderr });
  const proxy = behindProxy.length === 0 ? {} : { behindProxy: { trustedAddresses: behindProxy } };
  return await startServer({ ...options, ...proxy, log });
}

async function init({ dataDir }: Parameters<Init>[0]): ReturnType<Init> {
  const { createLogger } = await import('../lib/create-logger.ts');
  const { initServer } = await import('../server/compose/init.ts');
  const log = createLogger({ level: 'warn', clock: systemClock, terminal: process.stderr });
  return await initServer({ dataDir, clock: systemClock, log });
}

/** A second signal is not caught, so that nobody has to wait for a server that cannot stop. */
async function untilInterrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

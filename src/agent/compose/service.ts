import { join } from 'node:path';
import { createLogger } from '../../lib/create-logger.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import type { EnrollOrder } from '../../protocol/endpoint.ts';
import { runAgent, type RunOptions } from './agent.ts';
import type { AgentConfig } from '../config/schema.ts';
import { awaitIdentity } from '../enrollment/await-identity.ts';
import { IdentityFolder } from '../enrollment/identity-folder.ts';

export interface RunServiceOptions extends RunOptions {
  /** How this endpoint is to join, as somebody has left word. */
  readonly findOrder: () => Promise<EnrollOrder | undefined>;
}

/**
 * As `runAgent`, for service managers that would start an agent without an identity over and over: it waits for one instead.
 * @throws as `runAgent`, but for NOT_ENROLLED
 */
export async function runService(config: AgentConfig, options: RunServiceOptions): Promise<void> {
  await untilEnrolled(config, options);
  if (!options.stop.aborted) await runAgent(config, options);
}

async function untilEnrolled(config: AgentConfig, options: RunServiceOptions): Promise<void> {
  const { host, stop, supervisor, findOrder } = options;
  const { platform, clock, random } = host;
  const { stateDir } = config;
  const folder = new IdentityFolder({ stateDir, platform });
  if (folder.enrolledWith() !== undefined) return;

  supervisor?.tell('unenrolled');
  platform.makePrivateDir(stateDir);
  const file = { dir: join(stateDir, 'logs'), stem: 'agent', ...config.log };
  const log = createLogger({ level: config.logLevel, clock, file });
  try {
    log.warn('identity.missing', 'This endpoint has not been enrolled; waiting until it is');
    const enroll = async (order: EnrollOrder): Promise<void> => {
      const { enrollAgent } = await import('./enroll.ts');
      await enrollAgent(config, order, { host, signal: stop });
    };
    await awaitIdentity({ folder, findOrder, enroll, clock, random, log }, stop);
  } catch (error) {
    if (!isAbortOf(stop, error)) throw error;
  } finally {
    log.close();
  }
}

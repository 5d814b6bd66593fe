import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { VERSION } from '../../lib/build-info.ts';
import { AppError, describeError } from '../../lib/errors.ts';
import type { Self } from '../../lib/self.ts';
import { tryAgentStore } from '../../store/agent/copy-agent-store.ts';
import { reachesOwnServer } from './guard.ts';
import { loadConfig } from '../config/load-config.ts';
import { IdentityFolder } from '../enrollment/identity-folder.ts';
import type { AgentHost } from '../host.ts';
import type { PreflightOrder, PreflightReport } from '../update/preflight.ts';

export interface PreflightHost {
  readonly host: Pick<AgentHost, 'platform' | 'environment'>;
  readonly self: Self;
  readonly signal: AbortSignal;
}

/** What `internal preflight` is: shows on a copy of the state what this version can do here. Never throws. */
export async function runPreflight(
  { flags, stateDir }: PreflightOrder,
  { host, self, signal }: PreflightHost,
): Promise<PreflightReport> {
  const { platform, environment } = host;
  try {
    loadConfig({ flags: { ...flags, stateDir }, environment, platform });
    if (new IdentityFolder({ stateDir, platform }).load() === undefined)
      throw new AppError('NOT_ENROLLED', `There is no identity in "${stateDir}"`);
    tryAgentStore(stateDir, { holdBreaking: true });
    await promisify(execFile)(self.executablePath, [...self.leadingArgs, 'version'], { signal });
    return { version: VERSION, reachesServer: await reachesOwnServer(stateDir, { host, signal }) };
  } catch (error) {
    return { error: describeError(error) };
  }
}

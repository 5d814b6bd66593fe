import { readdirSync } from 'node:fs';
import { expect } from '@jest/globals';
import { loadSwitch } from '../../../src/agent/update/switch/switch-file.ts';
import { versionsDirOf } from '../../../src/agent/update/switch/versions-folder.ts';
import { readConnection } from '../../../src/store/agent/read-agent-store.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Endpoint } from './endpoint.ts';
import { isAgent } from './processes-in.ts';

/** What is in the folder of versions beside them; what a crash has set aside is removed a minute later. */
const BELONGINGS =
  /^(alive|checked-in|(guard|switch)\.lock(-journal)?|guard.*\.log|stopping|(releases|switch)\.json(\.[-0-9a-f]+\.tmp)?)$/;
/** A guard that was to bring an agent back waits whether somebody else does. */
const PATIENCE_MS = 20_000;

/** Once an update is over there are the agent, what it runs for the server, and the versions that may be started. */
export async function leavesNothingBehind(endpoint: Endpoint): Promise<void> {
  const leftovers = (): string[] => [...strayProcesses(endpoint), ...strayFiles(endpoint)];
  const isTidy = waitFor(() => leftovers().length === 0, {
    ...{ what: `the end of all of the update at ${endpoint.name}`, timeoutMs: PATIENCE_MS, everyMs: 200 },
  });
  await isTidy.catch(() => expect(leftovers()).toEqual([]));
}

function strayProcesses(endpoint: Endpoint): string[] {
  const own = readConnection(endpoint.stateDir)?.pid;
  const stray = endpoint.processes().filter((one) => isAgent(one) && one.pid !== own);
  return stray.map(({ argv }) => argv.join(' '));
}

function strayFiles({ stateDir }: Endpoint): string[] {
  const { current, previous } = loadSwitch(stateDir) ?? {};
  const dir = versionsDirOf(stateDir);
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const [entry = '', ...inside] = path.split('/');
    if (entry !== current && entry !== previous) return !BELONGINGS.test(entry);
    return inside.length > 0 && path !== `${entry}/commander-agent`;
  });
}

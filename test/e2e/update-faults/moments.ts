import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSwitch } from '../../../src/agent/update/switch/switch-file.ts';
import { executablePathOf, versionsDirOf } from '../../../src/agent/update/switch/versions-folder.ts';
import { updateOf } from '../../../src/protocol/update-origin.ts';
import type { JobPhase } from '../../../src/store/agent/job-journal.ts';
import { readAgentStore, readConnection } from '../../../src/store/agent/read-agent-store.ts';

/** The stretches of an update, in their order, as they can be seen on the endpoint's disk. */
export const MOMENTS = {
  'while it is fetched': ({ stateDir, version }) => existsSync(`${pathOf(stateDir, version)}.part`),
  'while it is tried out': ({ stateDir }) => existsSync(join(versionsDirOf(stateDir), 'preflight')),
  'while jobs are waited for': (update) => phaseOf(update) === 'extracted',
  'right after the switch': ({ stateDir, version }) => probationOf(stateDir)?.version === version,
  'while the new version starts': ({ stateDir, version }) => startsOf(stateDir, version) > 0,
  'on probation': ({ stateDir, version }) =>
    startsOf(stateDir, version) > 0 && readConnection(stateDir)?.version === version,
  'as soon as it is proven': ({ stateDir, version }) =>
    loadSwitch(stateDir)?.current === version && probationOf(stateDir) === undefined,
} satisfies Record<string, (update: Update) => boolean>;

export type Moment = keyof typeof MOMENTS;

/** For an agent whose download is to be met under way; bytes a second. */
export const SLOW_DOWNLOAD = { COMMANDER_AGENT_UPDATE_BANDWIDTH_BYTES_PER_SECOND: '700000' };

interface Update {
  readonly stateDir: string;
  readonly version: string;
}

function pathOf(stateDir: string, version: string): string {
  return executablePathOf(stateDir, version, { os: 'linux' });
}

function probationOf(stateDir: string) {
  return loadSwitch(stateDir)?.probation;
}

function startsOf(stateDir: string, version: string): number {
  const probation = probationOf(stateDir);
  return probation?.version === version ? probation.starts : 0;
}

function phaseOf({ stateDir, version }: Update): JobPhase | undefined {
  return readAgentStore(stateDir).recentJobs.find(
    ({ assignment }) => updateOf(assignment)?.updateTo === version,
  )?.phase;
}

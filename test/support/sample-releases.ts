import type {
  ReleaseChange,
  ReleaseFile,
  ReleaseKey,
  ReleaseList,
} from '../../src/protocol/schemas/releases.ts';
import { publish, ReleaseWorld, takeKeyAway } from './release-world.ts';
import type { Cleanup } from './cleanup.ts';

/** An executable as the server lists it. */
export function sampleRelease(changes: Partial<ReleaseFile> = {}): ReleaseFile {
  return {
    version: '1.1.0',
    platform: 'linux-x64',
    size: 118_000_000,
    sha256: 'a'.repeat(64),
    publishedAt: '2026-11-23T08:00:00.000Z',
    publishedBy: 'grace',
    ...changes,
  };
}

export function sampleReleases(changes: Partial<ReleaseList> = {}): ReleaseList {
  const key = (role: ReleaseKey['role'], onServer: boolean): ReleaseKey => ({
    ...{ role, onServer, keyID: role.charCodeAt(0).toString(16).repeat(32) },
    expiresAt: '2027-11-23T08:00:00Z',
  });
  return {
    files: [sampleRelease()],
    keys: [key('root', false), key('targets', true)],
    unsigned: [],
    ...changes,
  };
}

export interface WaitingChange {
  /** As the server answers to whoever publishes. */
  change: ReleaseChange;
  /** The keys that were taken away. */
  keyPaths: { root: string; targets: string };
  world: ReleaseWorld;
}

/** A change of a real repository that waits for the signature of a key that is kept elsewhere. */
export async function waitingChange(onEnd: (cleanup: Cleanup) => void): Promise<WaitingChange> {
  const world = new ReleaseWorld(onEnd);
  const releases = world.open();
  const keyPaths = {
    root: takeKeyAway(releases, 'root', world.dir),
    targets: takeKeyAway(releases, 'targets', world.dir),
  };
  return { change: await publish(releases, '1.1.0'), keyPaths, world };
}

/** One that counts already. */
export const SIGNED: ReleaseChange = { needs: [] };

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../src/lib/log.ts';
import type { ReleaseChange, ReleaseTarget } from '../../src/protocol/schemas/releases.ts';
import { ArchiveFiles } from '../../src/server/library/archive-files.ts';
import { KeyFiles } from '../../src/server/releases/key-files.ts';
import { MetadataFiles } from '../../src/server/releases/metadata-files.ts';
import { Releases, type ReleasesOptions } from '../../src/server/releases/releases.ts';
import { Repository } from '../../src/server/releases/repository.ts';
import { agentExecutable } from './agent-executable.ts';
import type { Cleanup } from './cleanup.ts';
import { SettableClock } from './settable-clock.ts';
import { makeTempDir } from './temp-dir.ts';

export const DAY_MS = 86_400_000;

/** A folder of releases and a clock; each `open` is a start of the server. */
export class ReleaseWorld {
  readonly dir: string;
  readonly clock = new SettableClock();
  readonly keys: KeyFiles;
  readonly files: MetadataFiles;

  constructor(onEnd: (cleanup: Cleanup) => void) {
    this.dir = makeTempDir(onEnd);
    this.keys = new KeyFiles(join(this.dir, 'keys'));
    this.files = new MetadataFiles(join(this.dir, 'metadata'));
  }

  open(options: Partial<ReleasesOptions> = {}): Releases {
    const files = new ArchiveFiles(join(this.dir, 'files'));
    return Releases.open({ dir: this.dir, files, clock: this.clock, log: silentLogger, ...options });
  }

  openRepository(): Repository {
    return Repository.open({ files: this.files, keys: this.keys, clock: this.clock });
  }
}

/** Uploads an executable, as the API would. @returns its SHA-256 */
export async function stage(releases: Releases, release: ReleaseTarget, content?: string): Promise<string> {
  const upload = await releases.files.receive(chunksOf(agentExecutable(release, content)), 1_000_000);
  return (await releases.stage(upload, 'commander-agent')).sha256;
}

export async function publish(
  releases: Releases,
  version: string,
  { platform = 'linux-x64', content }: { platform?: ReleaseTarget['platform']; content?: string } = {},
): Promise<ReleaseChange> {
  return releases.publish([await stage(releases, { version, platform }, content)], 'grace');
}

/** @returns the path of a key that was taken away from the server */
export function takeKeyAway(releases: Releases, role: 'root' | 'targets', dir: string): string {
  const [key] = releases.exportKeys([role]);
  if (key === undefined) throw new Error('The key is not there');
  const path = join(dir, `${role}.pem`);
  writeFileSync(path, key.privateKey);
  releases.removeKeys([key.keyID]);
  return path;
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}

import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { extractArchive } from '../../lib/archive/archive.ts';
import { syncDir } from '../../lib/atomic-file.ts';
import { AppError } from '../../lib/errors.ts';
import { removeDir } from '../../lib/remove-dir.ts';
import { syncTree } from '../../lib/sync-tree.ts';
import { programCommand, type ProgramCommand } from '../../platform/program-command.ts';
import type { ServiceSpec } from '../../protocol/schemas/desired.ts';
import type { ServiceDeps } from './service-options.ts';

/** Enough of a hash to tell the few archives of one service apart, and short enough for the paths of Windows. */
const HASH_LETTERS = 16;

/** All that one service has on disk. */
export interface ServiceFolder {
  readonly dir: string;
  /** A folder per archive. */
  readonly versionsDir: string;
  /** A folder per run: one, but for what a crash left behind. */
  readonly runsDir: string;
  readonly logDir: string;
  readonly logPath: string;
}

export function serviceFolder(servicesDir: string, name: string): ServiceFolder {
  const dir = join(servicesDir, name);
  const logDir = join(dir, 'log');
  return {
    dir,
    versionsDir: join(dir, 'versions'),
    runsDir: join(dir, 'runs'),
    logDir,
    logPath: join(logDir, 'output.log'),
  };
}

/** Where the files of a spec's archive are once they are unpacked. */
export function versionDir({ versionsDir }: ServiceFolder, { archive }: ServiceSpec): string {
  return join(versionsDir, archive.sha256.slice(0, HASH_LETTERS));
}

type PrepareDeps = Pick<
  ServiceDeps,
  'archives' | 'platform' | 'environment' | 'allowedExecutors' | 'archiveLimits'
>;

/**
 * Makes all ready that a start needs, beside what runs. A version's folder is there whole or not at all.
 * @throws AppError what `ArchiveCache.ensure` and `extractArchive` throw, NAME_INVALID, EXECUTOR_NOT_ALLOWED, UNSUPPORTED,
 * INTERPRETER_MISSING or PROGRAM_MISSING
 */
export async function prepareVersion(
  spec: ServiceSpec,
  folder: ServiceFolder,
  { signal, ...deps }: PrepareDeps & { readonly signal: AbortSignal },
): Promise<void> {
  requireAllowed(spec, deps);
  const dir = versionDir(folder, spec);
  if (!existsSync(dir)) await unpack(spec, folder, { ...deps, signal });
  if (statSync(join(dir, spec.filename), { throwIfNoEntry: false })?.isFile() !== true)
    throw new AppError(
      'PROGRAM_MISSING',
      `The archive does not hold "${spec.filename}" at its top; upload one that does`,
    );
  const { command, isDirect } = serviceCommand(spec, folder, deps);
  // The original's archives promise no permission bits.
  if (isDirect) await chmod(command, 0o700);
}

/** @throws AppError UNSUPPORTED or INTERPRETER_MISSING */
export function serviceCommand(
  spec: ServiceSpec,
  folder: ServiceFolder,
  { platform, environment }: Pick<ServiceDeps, 'platform' | 'environment'>,
): ProgramCommand {
  const variables = { COMMANDER_SERVICE_NAME: spec.name };
  return programCommand(spec, { filesDir: versionDir(folder, spec), environment, variables }, platform);
}

/** Removes the folders of all archives but those of `kept`. */
export async function removeOtherVersions(
  folder: ServiceFolder,
  kept: readonly ServiceSpec[],
): Promise<void> {
  const wanted = kept.map((spec) => versionDir(folder, spec));
  for (const name of await readdir(folder.versionsDir)) {
    const dir = join(folder.versionsDir, name);
    if (!wanted.includes(dir)) await removeDir(dir);
  }
}

function requireAllowed(
  { name, executor, filename }: ServiceSpec,
  { platform, allowedExecutors }: PrepareDeps,
): void {
  if (allowedExecutors?.includes(executor) === false)
    throw new AppError(
      'EXECUTOR_NOT_ALLOWED',
      `Executor "${executor}" is not allowed on this host; its owner can add it to the allowed executors`,
    );
  for (const one of [name, filename])
    if (platform.isReservedName(one))
      throw new AppError('NAME_INVALID', `"${one}" is not a file name on ${platform.osLabel}; rename it`);
}

async function unpack(
  { archive, filename }: ServiceSpec,
  folder: ServiceFolder,
  options: PrepareDeps & { readonly signal: AbortSignal },
): Promise<void> {
  const { archives, platform, archiveLimits: limits, signal } = options;
  const archivePath = await archives.ensure(archive, signal);
  const partDir = join(folder.versionsDir, 'part');
  await mkdir(folder.versionsDir, { recursive: true, mode: 0o700 });
  await removeDir(partDir);
  await extractArchive(archivePath, partDir, { os: platform.os, limits, signal, archiveName: filename });
  await syncTree(partDir); // once it has its name, nobody looks into it again
  await rename(partDir, join(folder.versionsDir, archive.sha256.slice(0, HASH_LETTERS)));
  syncDir(folder.versionsDir);
}

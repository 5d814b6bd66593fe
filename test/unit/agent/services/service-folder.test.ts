import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  prepareVersion,
  removeOtherVersions,
  serviceCommand,
  serviceFolder,
  versionDir,
  type ServiceFolder,
} from '../../../../src/agent/services/service-folder.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../../../src/lib/archive/archive.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { ArchiveFolder } from '../../../support/supervised.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const platform = currentPlatform();

interface World {
  readonly folder: ServiceFolder;
  readonly archives: ArchiveFolder;
  readonly prepare: (spec: ServiceSpec, allowedExecutors?: readonly string[]) => Promise<void>;
}

function makeWorld(): World {
  const dir = makeTempDir(onEnd);
  const folder = serviceFolder(dir, 'web');
  const archives = new ArchiveFolder(join(dir, 'archives'));
  return {
    ...{ folder, archives },
    prepare: async (spec, allowedExecutors) =>
      await prepareVersion(spec, folder, {
        ...{ archives, platform, allowedExecutors, environment: process.env },
        archiveLimits: DEFAULT_ARCHIVE_LIMITS,
        signal: new AbortController().signal,
      }),
  };
}

describe('a version', () => {
  test('is unpacked into a folder of its own, and nothing half done stays beside it', async () => {
    const { folder, archives, prepare } = makeWorld();
    mkdirSync(join(folder.versionsDir, 'part', 'old'), { recursive: true });
    const [one, two] = [await archives.spec('web', '1'), await archives.spec('web', '2')];
    await prepare(one);
    await prepare(two);
    expect(readdirSync(folder.versionsDir).sort()).toEqual(
      [one, two].map(({ archive }) => archive.sha256.slice(0, 16)).sort(),
    );
    expect(readdirSync(versionDir(folder, one))).toEqual(['run.cjs']);
  });

  test('that is unpacked already needs no archive', async () => {
    const { archives, prepare } = makeWorld();
    const spec = await archives.spec('web', '1');
    await prepare(spec);
    archives.failures.push(new AppError('SERVER_UNREACHABLE', 'Nobody answers'));
    await expect(prepare({ ...spec, argv: ['other'] })).resolves.toBeUndefined();
  });

  test('whose archive cannot be had leaves no folder', async () => {
    const { folder, archives, prepare } = makeWorld();
    archives.failures.push(new AppError('SERVER_UNREACHABLE', 'Nobody answers'));
    const spec = await archives.spec('web', '1');
    await expect(prepare(spec)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(existsSync(versionDir(folder, spec))).toBe(false);
  });

  testOnPosix('of a program of its own can be executed', async () => {
    const { folder, archives, prepare } = makeWorld();
    const spec = await archives.spec('web', '1', { executor: 'binary' });
    await prepare(spec);
    expect(statSync(join(versionDir(folder, spec), 'run.cjs')).mode & 0o777).toBe(0o700);
  });

  test.each<[string, Partial<ServiceSpec>, string]>([
    ['its program is not in the archive', { filename: 'none.cjs' }, 'PROGRAM_MISSING'],
    ['its executor does not exist', { executor: 'perl9' }, 'INTERPRETER_MISSING'],
    ['the owner does not allow its executor', { executor: 'bash' }, 'EXECUTOR_NOT_ALLOWED'],
  ])('is refused when %s', async (_, more, code) => {
    const { archives, prepare } = makeWorld();
    const spec = await archives.spec('web', '1', more);
    await expect(prepare(spec, ['node', 'perl9'])).rejects.toMatchObject({ code });
  });
});

test('a program is told the name of its service', async () => {
  const { folder, archives } = makeWorld();
  const spec = await archives.spec('web', '1', { argv: ['x'] });
  const { args, env } = serviceCommand(spec, folder, { platform, environment: process.env });
  expect(args).toEqual([join(versionDir(folder, spec), 'run.cjs'), 'x']);
  expect(env['COMMANDER_SERVICE_NAME']).toBe('web');
});

test('all versions go but those that are kept', async () => {
  const { folder } = makeWorld();
  const kept = sampleService({ archive: { sha256: 'a'.repeat(64), size: 1 } });
  for (const letter of ['a', 'b', 'c']) {
    const dir = join(folder.versionsDir, letter.repeat(16));
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'run.sh'), '');
  }
  await removeOtherVersions(folder, [kept]);
  expect(readdirSync(folder.versionsDir)).toEqual(['a'.repeat(16)]);
});

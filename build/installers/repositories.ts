import { join } from 'node:path';
import { buildAptRepository } from './linux/apt-repository.ts';
import { GpgKey } from './linux/gpg-key.ts';
import { buildYumRepository } from './linux/yum-repository.ts';

/** Makes `repo/apt` and `repo/yum` below `outDir` from the packages among `installers`. Returns what it made. */
export function buildRepositories(installers: readonly string[], outDir: string): string[] {
  const key = repositoryKey(process.env['REPOSITORY_KEY']);
  try {
    const kinds = [
      { dir: join(outDir, 'repo', 'apt'), ending: '.deb', build: buildAptRepository },
      { dir: join(outDir, 'repo', 'yum'), ending: '.rpm', build: buildYumRepository },
    ];
    return kinds.flatMap(({ dir, ending, build }) => {
      const packages = installers.filter((path) => path.endsWith(ending));
      if (packages.length === 0) return [];
      build({ dir, packages, key });
      return [dir];
    });
  } finally {
    key.close();
  }
}

/** Never made up here: endpoints that trusted a key which nobody kept could not be given another package. */
function repositoryKey(armored: string | undefined): GpgKey {
  if (armored) return GpgKey.import(armored);
  throw new Error('Cannot make repositories: set REPOSITORY_KEY to the armored private key that signs them');
}

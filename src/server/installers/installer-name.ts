import { AppError } from '../../lib/errors.ts';
import type { InstallerView } from '../../protocol/schemas/admin/installers.ts';

/** What the name of an installer says. `npm run installers` and `npm run package` name them so. */
export type InstallerKind = Pick<InstallerView, 'os' | 'arch' | 'format' | 'version'>;

const NAMES: readonly (Pick<InstallerKind, 'os' | 'format'> & { pattern: RegExp })[] = [
  {
    os: 'linux',
    format: 'deb',
    pattern: /^commander-agent_(?<version>\d[\w.+~-]*)_(?<arch>amd64|arm64)\.deb$/,
  },
  {
    os: 'linux',
    format: 'rpm',
    pattern: /^commander-agent-(?<version>\d[\w.+~]*)-\d+\.(?<arch>x86_64|aarch64)\.rpm$/,
  },
  { os: 'windows', format: 'msi', pattern: /^commander-agent-(?<version>\d[\w.+-]*)-(?<arch>x64)\.msi$/ },
  {
    os: 'macos',
    format: 'pkg',
    pattern: /^commander-agent-(?<version>\d[\w.+-]*)-(?<arch>x64|arm64|universal)\.pkg$/,
  },
  { os: 'linux', format: 'executable', pattern: /^commander-agent-linux-(?<arch>x64|arm64)$/ },
  { os: 'windows', format: 'executable', pattern: /^commander-agent-win-(?<arch>x64)\.exe$/ },
  { os: 'macos', format: 'executable', pattern: /^commander-agent-macos-(?<arch>x64|arm64)$/ },
];

const ARCHITECTURES: Readonly<Record<string, InstallerKind['arch']>> = {
  x64: 'x64',
  amd64: 'x64',
  x86_64: 'x64',
  arm64: 'arm64',
  aarch64: 'arm64',
  universal: 'universal',
};

/** @throws AppError NAME_INVALID for a name that is none of an installer */
export function readInstallerName(name: string): InstallerKind {
  for (const { os, format, pattern } of NAMES) {
    const { arch: spelled = '', version } = pattern.exec(name)?.groups ?? {};
    const arch = ARCHITECTURES[spelled];
    if (arch !== undefined) return { os, arch, format, ...(version === undefined ? {} : { version }) };
  }
  throw new AppError(
    'NAME_INVALID',
    `"${name}" is not the name of an installer; add files of dist/installers or dist/bin under the names that they have there`,
  );
}

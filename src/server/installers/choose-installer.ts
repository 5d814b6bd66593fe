import { compareVersions } from '../../lib/compare-versions.ts';
import { AppError } from '../../lib/errors.ts';
import type { InstallerView } from '../../protocol/schemas/admin/installers.ts';

export interface InstallerWish {
  /** As people spell it: `Windows 10`, `linux`, `Darwin`. */
  os: string;
  /** One of `InstallerView`; any will do without. */
  arch?: string | undefined;
  format?: string | undefined;
}

type Os = InstallerView['os'];

const SPELLINGS: readonly (readonly [Os, RegExp])[] = [
  ['windows', /^win/i],
  ['macos', /^(?:mac|darwin|os ?x)/i],
  ['linux', /^(?:gnu\/)?linux/i],
];
/** Packages before the bare executable, what runs on more machines before what runs on fewer. */
const FORMATS: readonly InstallerView['format'][] = ['deb', 'rpm', 'msi', 'pkg', 'executable'];
const ARCHITECTURES: readonly InstallerView['arch'][] = ['universal', 'x64', 'arm64'];

/** The newest of each format and architecture, best first. */
export function newestOfEach(installers: readonly InstallerView[]): InstallerView[] {
  const seen = new Set<string>();
  return [...installers].sort(byPreference).filter(({ os, arch, format }) => {
    const kind = `${os} ${arch} ${format}`;
    return !seen.has(kind) && seen.add(kind);
  });
}

/**
 * The installer to hand out to somebody who asks for one.
 * @throws AppError MESSAGE_INVALID for a system that we do not know, INSTALLER_NOT_FOUND when there is none for it
 */
export function chooseInstaller(installers: readonly InstallerView[], wish: InstallerWish): InstallerView {
  const os = readOs(wish.os);
  const chosen = newestOfEach(installers).find(
    (each) =>
      each.os === os &&
      (wish.arch === undefined || each.arch === wish.arch || each.arch === 'universal') &&
      (wish.format === undefined || each.format === wish.format),
  );
  if (chosen !== undefined) return chosen;
  const wanted = [os, wish.arch, wish.format].filter((word) => word !== undefined).join(', ');
  throw new AppError(
    'INSTALLER_NOT_FOUND',
    `There is no installer for ${wanted}; add one with "commander installers add FILE"`,
  );
}

function readOs(text: string): Os {
  const [os] = SPELLINGS.find(([, pattern]) => pattern.test(text.trim())) ?? [];
  if (os !== undefined) return os;
  throw new AppError('MESSAGE_INVALID', `"os" must be windows, linux or macos, not "${text}"`);
}

function byPreference(a: InstallerView, b: InstallerView): number {
  return (
    FORMATS.indexOf(a.format) - FORMATS.indexOf(b.format) ||
    ARCHITECTURES.indexOf(a.arch) - ARCHITECTURES.indexOf(b.arch) ||
    compareVersions(b.version ?? '', a.version ?? '') ||
    b.addedAt.localeCompare(a.addedAt)
  );
}

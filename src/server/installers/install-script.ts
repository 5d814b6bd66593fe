import type { InstallerView } from '../../protocol/schemas/admin/installers.ts';
import { newestOfEach } from './choose-installer.ts';
import { INSTALL_PS1, INSTALL_SH } from './generated/scripts.js';

export type ScriptName = 'sh' | 'ps1';

export interface ScriptFacts {
  /** `https://host:port` */
  serverUrl: string;
  /** SHA-256 of the root certificate, hex. */
  fingerprint: string;
  installers: readonly InstallerView[];
}

const SCRIPTS = {
  sh: { template: INSTALL_SH, systems: ['linux', 'macos'] },
  ps1: { template: INSTALL_PS1, systems: ['windows'] },
} as const satisfies Record<ScriptName, { template: string; systems: readonly InstallerView['os'][] }>;

/**
 * The script that installs an agent from this server, with the hash of each file that it may download in it; undefined when
 * there is nothing that it could install. The same facts give the same bytes: people pin their hash.
 */
export function fillInstallScript(
  name: ScriptName,
  { serverUrl, fingerprint, installers }: ScriptFacts,
): string | undefined {
  const { template, systems } = SCRIPTS[name];
  const offered = newestOfEach(installers).filter(({ os }) => systems.some((system) => system === os));
  if (offered.length === 0) return undefined;
  const lines = offered.map((installer) => `${installer.sha256}  ${installer.name}`);
  return template
    .replaceAll('@SERVER_URL@', () => serverUrl)
    .replaceAll('@FINGERPRINT@', () => fingerprint)
    .replaceAll('@PACKAGES@', () => lines.join('\n'));
}

import { hasTool } from './run-tool.ts';

/** Programs that building installers and testing them needs, each with the Debian package that brings it. */
export const TOOL_PACKAGES = {
  'ansible-lint': 'ansible-lint',
  'ansible-playbook': 'ansible-core',
  'apt-ftparchive': 'apt-utils',
  bsdtar: 'libarchive-tools',
  createrepo_c: 'createrepo-c',
  debootstrap: 'debootstrap',
  'dpkg-deb': 'dpkg',
  'dpkg-scanpackages': 'dpkg-dev',
  file: 'file',
  fish: 'fish',
  gpg: 'gnupg',
  lintian: 'lintian',
  man: 'man-db',
  msibuild: 'msitools',
  openssl: 'openssl',
  osslsigncode: 'osslsigncode',
  rpm: 'rpm',
  rpmbuild: 'rpm',
  shellcheck: 'shellcheck',
  'systemd-nspawn': 'systemd-container',
  wixl: 'wixl',
  xmllint: 'libxml2-utils',
  zsh: 'zsh',
  zstd: 'zstd',
} as const;

export type Tool = keyof typeof TOOL_PACKAGES;

/** Debian packages that this machine lacks, without repeats. */
export function missingPackages(tools = Object.keys(TOOL_PACKAGES) as Tool[]): string[] {
  return [...new Set(tools.filter((tool) => !hasTool(tool)).map((tool) => TOOL_PACKAGES[tool]))];
}

import type { TargetName } from '../../targets.ts';

/** How each packaging world names a machine that we build for. */
export const LINUX_TARGETS = {
  'linux-x64': { deb: 'amd64', rpm: 'x86_64' },
  'linux-arm64': { deb: 'arm64', rpm: 'aarch64' },
} as const satisfies Partial<Record<TargetName, { deb: string; rpm: string }>>;

export type LinuxTarget = keyof typeof LINUX_TARGETS;

/** Both worlds sort a tilde before the end: 1.0.0~beta.1 comes before 1.0.0. */
export function linuxVersion(version: string): string {
  return version.replace('-', '~');
}

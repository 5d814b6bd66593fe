import { readFileSync } from 'node:fs';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** The version that a Windows binary carries, as Windows Installer will read it: `1.2.3.0`; undefined when it carries none. */
export function fileVersion(path: string): string | undefined {
  const binary = NtExecutable.from(readFileSync(path), { ignoreCert: true });
  const [info] = Resource.VersionInfo.fromEntries(NtExecutableResource.from(binary).entries);
  if (info === undefined) return undefined;
  const { fileVersionMS: high, fileVersionLS: low } = info.fixedInfo;
  return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.');
}

import { execFileSync } from 'node:child_process';
import { packageVersion } from '../bundle.ts';

/** Names that installers, service definitions and documentation agree on. Changing one orphans what is installed already. */
export const PRODUCT = {
  packageName: 'commander-agent',
  title: 'Commander Agent',
  vendor: 'Commander',
  maintainer: 'Commander Agent contributors <commander-agent@localhost>',
  summary: 'Endpoint agent that runs the jobs its server assigns',
  license: 'MIT',
  windowsService: 'CommanderAgent',
  macosIdentifier: 'org.commander-framework.agent',
} as const;

/** What every installer of one run shares. */
export interface BuildContext {
  version: string;
  /** Seconds since the epoch that every file and archive is dated with, so that the same sources give the same installers. */
  epoch: number;
  /** As small as possible instead of as fast as possible. */
  release: boolean;
  /** Where finished installers go. */
  outDir: string;
  /** For what is only needed on the way; emptied before and after. */
  workDir: string;
}

export function sourceVersion(): string {
  return packageVersion();
}

/** SOURCE_DATE_EPOCH where a packager sets it, else the time of the last commit. */
export function sourceEpoch(environment: NodeJS.ProcessEnv = process.env): number {
  const given = environment['SOURCE_DATE_EPOCH'];
  if (given !== undefined && given !== '') return Number(given);
  try {
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }));
  } catch {
    return Math.floor(Date.now() / 1000); // an unpacked source archive has no history
  }
}

import { executablePath, type TargetName } from '../targets.ts';
import type { CommandDocs } from './docs/command-docs.ts';
import { buildDeb } from './linux/deb.ts';
import { LINUX_TARGETS, type LinuxTarget } from './linux/linux-target.ts';
import { buildRpm } from './linux/rpm.ts';
import { buildMacPackage, type MacVariant } from './macos/macos-package.ts';
import type { BuildContext } from './product.ts';
import { signerFromEnvironment } from './windows/authenticode.ts';
import { koffiForWindows } from './windows/koffi.ts';
import { buildMsi } from './windows/msi.ts';

export interface FormatOrder {
  docs: CommandDocs;
  context: BuildContext;
  /** Told the path of each installer as it is finished. */
  onBuilt: (path: string) => void;
}

interface Format {
  /** Executables that must have been packed before. */
  targets: readonly TargetName[];
  build: (order: FormatOrder) => Promise<void> | void;
}

const LINUX = Object.keys(LINUX_TARGETS) as LinuxTarget[];
const MAC: Record<MacVariant, readonly TargetName[]> = {
  arm64: ['macos-arm64'],
  x64: ['macos-x64'],
  universal: ['macos-arm64', 'macos-x64'],
};

/** Every kind of installer that we make. */
export const FORMATS = {
  deb: { targets: LINUX, build: (order) => buildLinux(buildDeb, order) },
  rpm: { targets: LINUX, build: (order) => buildLinux(buildRpm, order) },
  msi: { targets: ['win-x64'], build: buildWindows },
  pkg: { targets: MAC.universal, build: buildMac },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** Reads `deb,msi`. */
export function parseFormats(text: string): FormatName[] {
  return [...new Set(text.split(','))].map((name) => {
    if (Object.hasOwn(FORMATS, name)) return name as FormatName;
    throw new Error(`Unknown format "${name}": give some of ${FORMAT_NAMES.join(',')}`);
  });
}

function buildLinux(build: typeof buildDeb, { docs, context, onBuilt }: FormatOrder): void {
  for (const target of LINUX)
    onBuilt(build({ target, executablePath: executablePath('commander-agent', target), docs }, context));
}

async function buildWindows({ context, onBuilt }: FormatOrder): Promise<void> {
  const order = {
    executablePath: executablePath('commander-agent', 'win-x64'),
    koffiPath: await koffiForWindows(),
    signer: signerFromEnvironment(process.env),
  };
  onBuilt(buildMsi(order, context));
}

function buildMac({ docs, context, onBuilt }: FormatOrder): void {
  for (const [variant, targets] of Object.entries(MAC) as [MacVariant, TargetName[]][]) {
    const executablePaths = targets.map((target) => executablePath('commander-agent', target));
    onBuilt(buildMacPackage({ variant, executablePaths, docs }, context));
  }
}

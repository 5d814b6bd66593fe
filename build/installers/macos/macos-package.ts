import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchdPlist } from '../../../src/platform/service/launchd-plist.ts';
import type { CommandDocs } from '../docs/command-docs.ts';
import type { LayoutEntry, LayoutFile } from '../layout.ts';
import { PRODUCT, type BuildContext } from '../product.ts';
import { writeFatBinary } from './fat-binary.ts';
import { writeFlatPackage } from './flat-package.ts';
import type { MacArch } from './package-xml.ts';

const SOURCE_DIR = 'installers/macos';
const LIB_DIR = 'usr/local/lib/commander-agent';
const COMPRESSION = { release: 9, development: 3 };

export type MacVariant = 'arm64' | 'x64' | 'universal';

const ARCHES: Record<MacVariant, readonly MacArch[]> = {
  arm64: ['arm64'],
  x64: ['x86_64'],
  universal: ['arm64', 'x86_64'],
};

export interface MacOrder {
  variant: MacVariant;
  /** One for each processor of the variant. */
  executablePaths: readonly string[];
  docs: CommandDocs;
}

/** Makes `commander-agent-1.2.3-arm64.pkg` and returns its path. */
export function buildMacPackage(order: MacOrder, context: BuildContext): string {
  const bytes = writeFlatPackage({
    version: context.version,
    arches: ARCHES[order.variant],
    payload: payload(order),
    scripts: [fromSource('preinstall', 'preinstall', 0o755), fromSource('postinstall', 'postinstall', 0o755)],
    epoch: context.epoch,
    compressionLevel: context.release ? COMPRESSION.release : COMPRESSION.development,
  });
  mkdirSync(context.outDir, { recursive: true });
  const outPath = join(context.outDir, `${PRODUCT.packageName}-${context.version}-${order.variant}.pkg`);
  writeFileSync(outPath, bytes);
  return outPath;
}

function payload({ executablePaths, docs }: MacOrder): LayoutEntry[] {
  const plist = `${PRODUCT.macosIdentifier}.plist`;
  return [
    file(`${LIB_DIR}/commander-agent`, executable(executablePaths), 0o755),
    fromSource('start', `${LIB_DIR}/start`, 0o755),
    fromSource('uninstall', `${LIB_DIR}/uninstall`, 0o755),
    { kind: 'link', path: 'usr/local/bin/commander-agent', target: '../lib/commander-agent/commander-agent' },
    file(`Library/LaunchDaemons/${plist}`, launchdPlist([`/${LIB_DIR}/start`]), 0o644),
    file('usr/local/share/man/man8/commander-agent.8', docs.manPage, 0o644),
    file('usr/local/share/zsh/site-functions/_commander-agent', docs.zsh, 0o644),
  ];
}

function executable(paths: readonly string[]): Buffer {
  const parts = paths.map((path) => readFileSync(path));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : writeFatBinary(parts);
}

function fromSource(name: string, path: string, mode: number): LayoutFile {
  return file(path, readFileSync(join(SOURCE_DIR, name)), mode);
}

function file(path: string, content: string | Uint8Array, mode: number): LayoutFile {
  return { kind: 'file', path, mode, content };
}

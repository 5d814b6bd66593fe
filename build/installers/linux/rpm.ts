import { mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeLayout } from '../layout.ts';
import { PRODUCT, type BuildContext } from '../product.ts';
import { runTool } from '../run-tool.ts';
import { linuxLayout, packaged, type LinuxPackageOrder } from './linux-layout.ts';
import { LINUX_TARGETS, linuxVersion } from './linux-target.ts';

const RELEASE = '1';
const COMPRESSION = { release: 'w6.xzdio', development: 'w3.zstdio' };

/** Makes `commander-agent-1.2.3-1.x86_64.rpm` and returns its path. */
export function buildRpm(order: LinuxPackageOrder, context: BuildContext): string {
  const architecture = LINUX_TARGETS[order.target].rpm;
  const topDir = resolve(context.workDir, `rpm-${architecture}`);
  const rootDir = join(topDir, 'root');
  const layout = [
    ...linuxLayout(order, { zshDir: 'usr/share/zsh/site-functions' }),
    packaged('usr/share/doc/commander-agent/LICENSE', { from: 'LICENSE' }),
    packaged('usr/lib/systemd/system-preset/80-commander-agent.preset', {
      from: 'installers/linux/commander-agent.preset',
    }),
  ];
  writeLayout(layout, { rootDir, epoch: context.epoch });
  const macros = {
    _topdir: topDir,
    staged_root: rootDir,
    package: PRODUCT.packageName,
    package_version: linuxVersion(context.version),
    package_release: RELEASE,
    package_summary: PRODUCT.summary,
    package_license: PRODUCT.license,
    payload_compression: context.release ? COMPRESSION.release : COMPRESSION.development,
  };
  runTool(
    'rpmbuild',
    ['-bb', ...defines(macros), '--target', architecture, 'installers/rpm/commander-agent.spec'],
    {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(context.epoch) },
    },
  );
  return moveOut(topDir, architecture, context);
}

function defines(macros: Readonly<Record<string, string>>): string[] {
  return Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
}

function moveOut(topDir: string, architecture: string, context: BuildContext): string {
  const name = `${PRODUCT.packageName}-${linuxVersion(context.version)}-${RELEASE}.${architecture}.rpm`;
  mkdirSync(context.outDir, { recursive: true });
  const outPath = join(context.outDir, name);
  renameSync(join(topDir, 'RPMS', architecture, name), outPath);
  return outPath;
}

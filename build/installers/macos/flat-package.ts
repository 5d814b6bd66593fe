/** A macOS flat package, the `.pkg` that Installer.app and installer(8) take: a xar of descriptions, file list, payload and scripts. */
import { gzipSync } from 'node:zlib';
import type { LayoutEntry, LayoutFile } from '../layout.ts';
import { archiveEntries, type ArchiveEntry } from './archive-entry.ts';
import { writeBom } from './bom.ts';
import { writeCpio } from './cpio.ts';
import { distribution, packageInfo, type MacArch, type PackageFacts } from './package-xml.ts';
import { writeXar } from './xar.ts';

const COMPONENT_NAME = 'commander-agent.pkg';

export interface FlatPackage {
  version: string;
  arches: readonly MacArch[];
  payload: readonly LayoutEntry[];
  /** `preinstall` and `postinstall`; whatever else lies here can be used by them. */
  scripts: readonly LayoutFile[];
  epoch: number;
  /** zlib's, 1 to 9. */
  compressionLevel: number;
}

export function writeFlatPackage(order: FlatPackage): Buffer {
  const payload = archiveEntries(order.payload);
  const facts: PackageFacts = {
    version: order.version,
    arches: order.arches,
    fileCount: payload.length,
    installKBytes: Math.ceil(payload.reduce((sum, { content }) => sum + content.length, 0) / 1024),
    scripts: order.scripts.map(({ path }) => path),
  };
  const archive = (entries: readonly ArchiveEntry[]): Buffer =>
    gzipSync(writeCpio(entries, order.epoch), { level: order.compressionLevel });
  const component = [
    { name: 'PackageInfo', content: Buffer.from(packageInfo(facts)), compress: true },
    { name: 'Bom', content: writeBom(payload, order.epoch), compress: true },
    { name: 'Payload', content: archive(payload), compress: false },
    { name: 'Scripts', content: archive(archiveEntries(order.scripts)), compress: false },
  ];
  const description = Buffer.from(distribution(facts, COMPONENT_NAME));
  return writeXar(
    [
      { name: 'Distribution', content: description, compress: true },
      { name: COMPONENT_NAME, children: component },
    ],
    order.epoch,
  );
}

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { systemdUnit, type SystemdUnitOrder } from '../../../src/platform/service/systemd-unit.ts';
import type { LayoutEntry, LayoutFile } from '../layout.ts';
import type { CommandDocs } from '../docs/command-docs.ts';
import type { LinuxTarget } from './linux-target.ts';

const SERVICE: SystemdUnitOrder = {
  command: ['/usr/bin/commander-agent', 'run'],
  stateDir: '/var/lib/commander-agent',
  packaged: {
    documentation: 'man:commander-agent(8)',
    tokenPath: '/etc/commander-agent/token',
    enrolPath: '/usr/lib/commander-agent/enroll-preseeded',
  },
};

export interface LinuxPackageOrder {
  target: LinuxTarget;
  executablePath: string;
  docs: CommandDocs;
}

/** What deb and rpm lay down alike. */
export function linuxLayout(
  { executablePath, docs }: LinuxPackageOrder,
  { zshDir }: { zshDir: string },
): LayoutEntry[] {
  return [
    packaged('usr/lib/commander-agent/commander-agent', { from: executablePath }, 0o755),
    packaged('usr/lib/commander-agent/enroll-preseeded', source('enroll-preseeded'), 0o755),
    {
      kind: 'link',
      path: 'usr/bin/commander-agent',
      target: '../lib/commander-agent/commander-agent',
    },
    packaged('usr/lib/systemd/system/commander-agent.service', systemdUnit(SERVICE)),
    { kind: 'dir', path: 'etc/commander-agent', mode: 0o700 },
    packaged('etc/commander-agent/config.json', source('config.json'), 0o600),
    packaged('usr/share/man/man8/commander-agent.8.gz', gzipSync(docs.manPage, { level: 9 })),
    packaged('usr/share/bash-completion/completions/commander-agent', docs.bash),
    packaged(`${zshDir}/_commander-agent`, docs.zsh),
    packaged('usr/share/fish/vendor_completions.d/commander-agent.fish', docs.fish),
    packaged('usr/share/doc/commander-agent/examples/restricted.conf', source('restricted.conf')),
  ];
}

export function packaged(path: string, content: LayoutFile['content'], mode = 0o644): LayoutFile {
  return { kind: 'file', path, mode, content };
}

function source(name: string): Buffer {
  return readFileSync(`installers/linux/${name}`);
}

import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import type { ProcessTree } from '../lib/process/process-tree.ts';
import { DARWIN_BIRTH, darwinIdentity, listDarwinProcesses } from './darwin-processes.ts';
import { executorOn } from './executors.ts';
import { ListedTree } from './listed-tree.ts';
import type { HostFacts, Platform, TreeRoot } from './platform.ts';
import { posixBasics } from './posix.ts';
import { posixShepherd } from './posix-shepherd.ts';
import { knownRoot, treeMembers } from './tree-members.ts';

const NAME = 'Commander Agent';

export function darwinPlatform(host: HostFacts): Platform {
  const libraryDir = posix.join(host.isAdmin ? '/' : host.homeDir, 'Library/Application Support', NAME);
  return {
    ...posixBasics,
    os: 'darwin',
    osLabel: 'macOS',
    defaultStateDir: () => posix.join(libraryDir, 'state'),
    defaultConfigPath: () => posix.join(libraryDir, 'config.json'),
    machineID: readHardwareID,
    processTree: darwinTree,
    processIdentity: darwinIdentity,
    shepherd: (order) => posixShepherd(order, DARWIN_BIRTH),
    executor: (name) => executorOn('darwin', name),
  };
}

function readHardwareID(): string | undefined {
  const registry = execFileSync('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], {
    encoding: 'utf8',
  });
  return parseHardwareID(registry);
}

export function parseHardwareID(registry: string): string | undefined {
  return /"IOPlatformUUID" = "([^"]+)"/.exec(registry)?.[1];
}

function darwinTree({ child, mark }: TreeRoot): ProcessTree {
  // ps tells whole seconds only, so a relative may seem to have been started in the second before.
  const spawnedAt = Math.floor(Date.now() / 1000) * 1000 - 1000;
  async function list(): Promise<number[]> {
    const processes = await listDarwinProcesses(mark);
    return treeMembers(processes, knownRoot(child, processes, spawnedAt)).map(({ pid }) => pid);
  }
  return new ListedTree({
    list,
    groupOf: child,
    askSignals: ['SIGTERM', 'SIGCONT'],
    killSignals: ['SIGSTOP', 'SIGKILL'],
  });
}

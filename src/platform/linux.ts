import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { ProcessTree } from '../lib/process/process-tree.ts';
import { executorOn } from './executors.ts';
import { linuxIdentity, linuxStartTime, listLinuxProcesses } from './linux-processes.ts';
import { ListedTree } from './listed-tree.ts';
import type { HostFacts, Platform, TreeRoot } from './platform.ts';
import { posixBasics } from './posix.ts';
import { posixShepherd } from './posix-shepherd.ts';
import { knownRoot, treeMembers } from './tree-members.ts';

const NAME = 'commander-agent';
/** What `linuxIdentity` tells, told by a shell of itself. */
const BIRTH = "cat /proc/sys/kernel/random/boot_id && cut -d' ' -f22 /proc/$$/stat";

export function linuxPlatform(host: HostFacts): Platform {
  const base = (variable: string, fallback: string): string =>
    host.environment[variable] ?? posix.join(host.homeDir, fallback);
  return {
    ...posixBasics,
    os: 'linux',
    osLabel: 'Linux',
    defaultStateDir: () =>
      host.isAdmin ? posix.join('/var/lib', NAME) : posix.join(base('XDG_STATE_HOME', '.local/state'), NAME),
    defaultConfigPath: () =>
      posix.join(host.isAdmin ? '/etc' : base('XDG_CONFIG_HOME', '.config'), NAME, 'config.json'),
    machineID: () => readMachineID(host.rootDir),
    processTree: (root) => linuxTree(root, posix.join(host.rootDir, 'proc')),
    processIdentity: (pid) => Promise.resolve(linuxIdentity(posix.join(host.rootDir, 'proc'), pid)),
    shepherd: (order) => posixShepherd(order, BIRTH),
    executor: (name) => executorOn('linux', name),
  };
}

/** machine-id(5): made at installation, and anew when systemd finds it emptied, as images meant for cloning have it. */
function readMachineID(rootDir: string): string | undefined {
  for (const path of ['etc/machine-id', 'var/lib/dbus/machine-id']) {
    try {
      const id = readFileSync(posix.join(rootDir, path), 'utf8').trim();
      if (/^[0-9a-f]{32}$/.test(id)) return id;
    } catch {
      // not on this distribution; the next place may have it
    }
  }
  return undefined;
}

function linuxTree({ child, mark }: TreeRoot, procDir: string): ProcessTree {
  const spawnedAt = performance.now();
  const startedAt = child?.pid === undefined ? undefined : linuxStartTime(procDir, child.pid);
  function list(): number[] {
    const after =
      child?.pid === undefined ? undefined : { pid: child.pid, agoMs: performance.now() - spawnedAt };
    const processes = listLinuxProcesses({ procDir, mark, ...(after === undefined ? {} : { after }) });
    const root = startedAt === undefined ? undefined : knownRoot(child, processes, startedAt);
    return treeMembers(processes, root).map(({ pid }) => pid);
  }
  // A process that is stopped hears SIGTERM only once it goes on; one that is being killed must not fork meanwhile.
  return new ListedTree({
    list,
    groupOf: child,
    askSignals: ['SIGTERM', 'SIGCONT'],
    killSignals: ['SIGSTOP', 'SIGKILL'],
  });
}

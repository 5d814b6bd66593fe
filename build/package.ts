/** `npm run package`: both executables for each target, in dist/bin. */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundleExecutable } from './bundle.ts';
import { pack, type PackOrder } from './pack.ts';
import { seconds } from './progress.ts';
import { pinnedRuntime, runtimeFor } from './runtimes.ts';
import { hashInputs, isPacked, markPacked } from './stamp.ts';
import { EXECUTABLES, hostTarget, parseTargets, TARGET_NAMES, type TargetName } from './targets.ts';

const USAGE = `Usage: npm run package -- [--target NAME,…|all] [--if-changed]

  --target      some of ${TARGET_NAMES.join(', ')}, or all; without it, host, this machine's
  --if-changed  do nothing for targets that were packed from the same sources
`;
/** Packing keeps one core busy and holds the whole binary in memory. */
const AT_ONCE = 2;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      'if-changed': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  requirePinnedNode();
  const wanted = values.target === undefined ? [hostTarget()] : parseTargets(values.target);
  const inputs = hashInputs();
  const targets = values['if-changed'] ? wanted.filter((target) => !isPacked(target, inputs)) : wanted;
  if (targets.length > 0) await packAll(targets, inputs);
}

/** The blob that goes into an executable must be made by the very version of Node that will read it. */
function requirePinnedNode(): void {
  const { version } = pinnedRuntime(hostTarget());
  if (process.version !== `v${version}`)
    throw new Error(
      `This is Node ${process.version}, packing needs v${version}: run it as "npm run package"`,
    );
}

async function packAll(targets: TargetName[], inputs: string): Promise<void> {
  const startedAt = performance.now();
  const bundles = await Promise.all(
    EXECUTABLES.map(async (name) => ({ name, bundle: await bundleExecutable(name) })),
  );
  for (const { bundle } of bundles)
    console.log(`bundled  ${bundle.path}  ${(bundle.bytes / 1024).toFixed(0)} kB`);
  const orders: PackOrder[] = [];
  for (const target of targets) {
    const runtimePath = await runtimeFor(target, say);
    for (const one of bundles) orders.push({ ...one, target, runtimePath });
  }
  const queue = orders.values(); // shared, so that each order is taken once
  await Promise.all(Array.from({ length: AT_ONCE }, () => packFrom(queue)));
  for (const target of targets) markPacked(target, inputs);
  console.log(`done     ${orders.length} executables in ${seconds(startedAt)}`);
}

async function packFrom(queue: Iterable<PackOrder>): Promise<void> {
  for (const order of queue) {
    const startedAt = performance.now();
    const path = await pack(order);
    const megabytes = (statSync(path).size / 1e6).toFixed(1);
    console.log(`packed   ${path}  ${megabytes} MB  ${seconds(startedAt)}`);
  }
}

function say(line: string): void {
  console.log(`         ${line}`);
}

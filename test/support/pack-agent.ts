import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundle } from '../../build/bundle.ts';
import { pack } from '../../build/pack.ts';
import { runtimeFor } from '../../build/runtimes.ts';
import { hostTarget, type TargetName } from '../../build/targets.ts';

export interface AgentOrder {
  readonly version: string;
  readonly outPath: string;
  /** Without it, this machine's. */
  readonly target?: TargetName;
  /** Another core: what is done to its bundled source. */
  readonly change?: (source: string) => string;
}

/** Packs this tree's agent under another version, in some 5 s. */
export async function packAgent({
  version,
  outPath,
  target = hostTarget(),
  change,
}: AgentOrder): Promise<void> {
  const workDir = mkdtempSync(join(tmpdir(), 'commander-pack-'));
  try {
    const bundled = await bundle({
      rootDir: '.',
      entryPath: join('src', 'bin', 'commander-agent.ts'),
      outPath: relative('.', join(workDir, 'commander-agent.cjs')),
      version,
      commit: 'variant',
    });
    if (change !== undefined) writeFileSync(bundled.path, change(readFileSync(bundled.path, 'utf8')));
    const runtimePath = await runtimeFor(target, () => undefined);
    await pack({ name: 'commander-agent', target, bundle: bundled, runtimePath, version, outPath });
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

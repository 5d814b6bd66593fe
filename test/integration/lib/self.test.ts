import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundle } from '../../../build/bundle.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const PRINT_SELF = resolve('test/fixtures/programs/print-self.mjs');
const ASSET = Buffer.from([0, 1, 254, 255]);

/** A single executable application that prints what it says of itself. */
async function packProgram(): Promise<string> {
  const dir = makeTempDir(onEnd);
  const about = { version: '1.2.3', commit: 'abc' };
  await bundle({ rootDir: dir, entryPath: PRINT_SELF, outPath: 'main.cjs', ...about });
  const [assetPath, outPath] = [join(dir, 'asset'), join(dir, 'packed.exe')];
  writeFileSync(assetPath, ASSET);
  const order = {
    ...{ main: join(dir, 'main.cjs'), output: outPath, assets: { 'asset.bin': assetPath } },
    disableExperimentalSEAWarning: true,
  };
  const orderPath = join(dir, 'sea.json');
  writeFileSync(orderPath, JSON.stringify(order));
  execFileSync(process.execPath, ['--build-sea', orderPath], { stdio: 'ignore' });
  return outPath;
}

// macOS starts nothing that is not signed; there the packed executables' own tests have to do.
const packs = process.platform !== 'darwin';

(packs ? test : test.skip)(
  'packed, it is its own executable, and has what was packed into it',
  async () => {
    const executablePath = await packProgram();
    const output = execFileSync(executablePath, ['run', 'x y'], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      ...{ executablePath, leadingArgs: [], argv: ['run', 'x y'], packed: true },
      asset: [...ASSET],
    });
  },
  60_000,
);

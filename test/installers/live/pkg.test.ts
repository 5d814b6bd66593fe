import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildMacPackage } from '../../../build/installers/macos/macos-package.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext, DOCS } from '../support/build-context.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Overlay } from '../support/overlay.ts';
import { machOStandIn } from '../support/stand-ins.ts';
import { whyNoWine } from '../support/wine-machine.ts';

/** Only the newer Debian has xar, the program that the format is named for. */
describeUnless(whyNoWine(), 'a macOS package', () => {
  const onEnd = useCleanup();

  test('is taken apart by xar, which checks every checksum', () => {
    const dir = makeTempDir(onEnd);
    const executablePath = join(dir, 'agent');
    writeFileSync(executablePath, machOStandIn('arm64', 'the program'));
    const order = { variant: 'arm64', executablePaths: [executablePath], docs: DOCS } as const;
    const overlay = new Overlay('trixie');
    onEnd(async () => await overlay.remove());
    copyFileSync(buildMacPackage(order, buildContext(dir)), join(overlay.rootDir, 'agent.pkg'));

    runTool('chroot', [overlay.rootDir, 'xar', '-x', '-f', '/agent.pkg', '-C', '/root']);
    for (const name of ['Distribution', 'commander-agent.pkg/Payload'])
      expect(existsSync(join(overlay.rootDir, 'root', name))).toBe(true);
  });
});

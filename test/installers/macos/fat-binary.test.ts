import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeFatBinary } from '../../../build/installers/macos/fat-binary.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { describeWith } from '../support/describe-with.ts';
import { machOStandIn } from '../support/stand-ins.ts';

const ARM = machOStandIn('arm64', 'for Apple silicon');
const INTEL = machOStandIn('x64', 'for Intel');
const PAGE = 0x4000;

test('each part is kept whole, at the beginning of a page', () => {
  const fat = writeFatBinary([ARM, INTEL]);

  expect(fat.subarray(PAGE, PAGE + ARM.length)).toEqual(ARM);
  expect(fat.subarray(2 * PAGE)).toEqual(INTEL);
});

test.each([
  ['two parts for one processor', [ARM, ARM], 'Cannot combine executables for one and the same processor'],
  [
    'a part that is no Mach-O file',
    [Buffer.alloc(64)],
    'Cannot combine: this is not a thin 64-bit Mach-O file',
  ],
  ['a part that is cut short', [ARM.subarray(0, 8)], 'Cannot combine: this is not a thin 64-bit Mach-O file'],
])('%s is refused', (_, parts, message) => {
  expect(() => writeFatBinary(parts)).toThrow(message);
});

describeWith(['file'], 'a universal binary', () => {
  const onEnd = useCleanup();

  test('is known as one for both processors', () => {
    const path = join(makeTempDir(onEnd), 'fat');
    writeFileSync(path, writeFatBinary([ARM, INTEL]));
    expect(runTool('file', ['--brief', path])).toMatch(
      /Mach-O universal binary with 2 architectures: \[arm64:.*\] \[.*x86_64:.*\]/s,
    );
  });
});

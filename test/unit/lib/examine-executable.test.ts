import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { examineExecutable, type ExecutableFinding } from '../../../src/lib/examine-executable.ts';
import { executable } from '../../support/agent-executable.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const WHOLE = executable('macos-arm64', 'code');
const NO_PROGRAM = {
  kind: 'no-program',
  defect: 'it is not an executable for Linux, Windows or macOS',
} as const;
const UNKNOWN = executable('linux-x64', 'code');
UNKNOWN.writeUInt16LE(243, 18);

async function examine(content: Buffer): Promise<ExecutableFinding> {
  const path = join(makeTempDir(onEnd), 'program');
  writeFileSync(path, content);
  await using file = await open(path);
  return await examineExecutable(file);
}

test.each<[string, Buffer, ExecutableFinding]>([
  ['a program is told by its machine', WHOLE, { machine: 'macos-arm64' }],
  ['a processor that we know nothing of is no obstacle', UNKNOWN, { machine: 'linux-unknown' }],
  [
    'what is missing of one that was cut off is counted',
    WHOLE.subarray(0, -1),
    {
      kind: 'cut-off',
      defect: `it has ${WHOLE.length - 1} bytes of ${WHOLE.length}, so the rest of it is missing`,
    },
  ],
  ['a text is none', Buffer.from('hello'), NO_PROGRAM],
  ['nothing is none', Buffer.alloc(0), NO_PROGRAM],
])('%s', async (_, content, finding) => {
  expect(await examine(content)).toEqual(finding);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { releaseMark } from '../../../src/protocol/release-mark.ts';
import { readAgentExecutable } from '../../../src/protocol/read-agent-executable.ts';
import { agentExecutable, executable } from '../../support/agent-executable.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

describe('readAgentExecutable', () => {
  const onEnd = useCleanup();
  let path: string;

  beforeEach(() => {
    path = join(makeTempDir(onEnd), 'commander-agent');
  });

  test.each(['linux-x64', 'linux-arm64', 'win-x64', 'macos-x64', 'macos-arm64'] as const)(
    'says which version an agent for %s is',
    async (platform) => {
      writeFileSync(path, agentExecutable({ version: '1.1.0', platform }, 'x'.repeat(3_000_000)));
      expect(await readAgentExecutable(path, 'agent')).toEqual({ version: '1.1.0', platform });
    },
  );

  test('refuses one that is cut off, although its mark is there', async () => {
    const file = agentExecutable({ version: '1.1.0', platform: 'linux-x64' }, 'x'.repeat(1000));
    writeFileSync(path, file.subarray(0, -1));
    await expect(readAgentExecutable(path, 'agent')).rejects.toMatchObject({
      code: 'RELEASE_INVALID',
      message: `Cannot publish "agent": it has ${file.length - 1} bytes of ${file.length}, so the rest of it is missing`,
    });
  });

  test('refuses code for another machine than the agent says', async () => {
    writeFileSync(path, executable('linux-arm64', releaseMark({ version: '1.1.0', platform: 'linux-x64' })));
    await expect(readAgentExecutable(path, 'agent')).rejects.toThrow(
      'Cannot publish "agent": it calls itself an agent for linux-x64, but its code is for linux-arm64',
    );
  });

  test.each([
    ['another program', executable('linux-x64', 'hello'), 'it is not a packed commander-agent'],
    ['a text', Buffer.from('hello'), 'it is not an executable for Linux, Windows or macOS'],
    ['nothing', Buffer.alloc(0), 'it is not an executable for Linux, Windows or macOS'],
  ])('refuses %s', async (_what, file, reason) => {
    writeFileSync(path, file);
    await expect(readAgentExecutable(path, 'agent')).rejects.toThrow(`Cannot publish "agent": ${reason}`);
  });
});

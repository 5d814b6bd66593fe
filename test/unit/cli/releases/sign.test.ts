import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { readRequest } from '../../../../src/cli/releases/request-file.ts';
import { writeRequest } from '../../../../src/cli/releases/settle-change.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { runCommander, type CommandRun } from '../../../support/run-commander.ts';
import { waitingChange, type WaitingChange } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();
let waiting: WaitingChange;
let requestPath: string;

beforeEach(async () => {
  waiting = await waitingChange(onEnd);
  requestPath = join(waiting.world.dir, 'request.json');
  writeRequest(requestPath, waiting.change);
});

test('what is signed without a server is what the server waits for', async () => {
  const { code, stderr } = await sign('--key', waiting.keyPaths.targets);
  const signed = join(waiting.world.dir, 'request.signed.json');
  expect([code, stderr]).toEqual([0, expect.stringContaining(`commander releases import ${signed}`)]);
  const releases = waiting.world.open();
  expect(await releases.accept(readRequest(signed).draft)).toEqual({ needs: [] });
  expect(releases.versions()).toEqual(['1.1.0']);
});

test('who signs sees what', async () => {
  const { stderr } = await sign('--key', waiting.keyPaths.targets);
  expect(stderr).toMatch(
    /^Releases 2, good until 2027-11-23T08:00:00Z, all of them:\nVERSION +PLATFORM +SHA-256\n1\.1\.0 +linux-x64 +[0-9a-f]{64}\n/,
  );
});

test('what cannot be shown is not signed, whatever else is in the request', async () => {
  const { change } = waiting;
  const signed = change.draft?.targets?.signed as unknown as { targets: Record<string, object> };
  signed.targets['9.9.9/linux-x64/commander-agent'] = {
    ...{ length: 1, hashes: { sha256: 'f'.repeat(64) } },
    custom: { version: '9.9.9', platform: 'linux-x64' },
  };
  writeRequest(requestPath, change);
  const { code, stderr } = await sign('--key', waiting.keyPaths.targets);
  expect([code, stderr]).toEqual([5, expect.stringContaining('do not sign this')]);
  expect(existsSync(join(waiting.world.dir, 'request.signed.json'))).toBe(false);
});

test('several keys sign each its own', async () => {
  const releases = waiting.world.open();
  writeRequest(requestPath, releases.rotateKeys(['root', 'snapshot']));
  const out = join(waiting.world.dir, 'out.json');
  const { root, targets } = waiting.keyPaths;
  const { stderr, stdout } = await sign('--key', root, '--key', targets, '--out', out, '--json');
  expect(stderr).toMatch(
    /^Root metadata 2, good until .*\nROLE +SIGNATURES +KEY\nroot +1 of 1 +[0-9a-f]{64}\n/,
  );
  expect(JSON.parse(stdout)).toEqual({ signed: out });
  expect(await releases.accept(readRequest(out).draft)).toEqual({ needs: [] });
});

test('a key that has nothing to sign there is refused, and nothing is written', async () => {
  const { code, stderr } = await sign('--key', waiting.keyPaths.root);
  expect([code, stderr]).toEqual([
    5,
    expect.stringContaining('has nothing to sign there; needed: "targets"'),
  ]);
  expect(existsSync(join(waiting.world.dir, 'request.signed.json'))).toBe(false);
});

test('a file that holds no key is named', async () => {
  expect(await sign('--key', requestPath)).toMatchObject({
    code: 6,
    stderr: expect.stringContaining(`Cannot read a key from "${requestPath}"`),
  });
});

async function sign(...flags: string[]): Promise<CommandRun> {
  return await runCommander(['releases', 'sign', requestPath, ...flags], waiting.world.dir);
}

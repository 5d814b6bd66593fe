import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleRelease, sampleReleases } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('each version is one line', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const files = [
    sampleRelease(),
    sampleRelease({ platform: 'win-x64' }),
    sampleRelease({ version: '1.0.0' }),
  ];
  const releases = sampleReleases({ files });
  server.answer('GET /admin/releases', { json: releases });
  const { stdout, stderr } = await run(['releases', 'list']);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
    ['VERSION', 'PLATFORMS'],
    ['1.1.0', 'linux-x64, win-x64'],
    ['1.0.0', 'linux-x64'],
    [''],
  ]);
  expect(stderr).toBe('');
  expect(JSON.parse((await run(['releases', 'list', '--json'])).stdout)).toEqual(releases);
});

test('what waits for signatures is not forgotten', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/releases', { json: sampleReleases({ files: [], unsigned: ['targets'] }) });
  expect((await run(['releases', 'list'])).stderr).toBe(
    'There are no releases; publish one with: commander releases publish FILE\n' +
      'A change waits for signatures; see: commander releases request\n',
  );
});

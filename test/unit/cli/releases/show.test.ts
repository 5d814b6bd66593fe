import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleRelease, sampleReleases } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('a version is shown with its executables, and one that is not there is missed', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const files = [sampleRelease(), sampleRelease({ version: '1.0.0', platform: 'win-x64' })];
  server.answer('GET /admin/releases', { json: sampleReleases({ files }) });
  const { stdout } = await run(['releases', 'show', '1.1.0']);
  expect(stdout).toMatch(/^PLATFORM +SIZE +SHA-256 .*\nlinux-x64 +118\.0 MB +a{64} .*grace\n$/);
  expect(JSON.parse((await run(['releases', 'show', '1.0.0', '--json'])).stdout)).toEqual({
    version: '1.0.0',
    files: [files[1]],
  });
  expect(await run(['releases', 'show', '9.9.9'])).toMatchObject({
    code: 6,
    stderr: 'commander: Version 9.9.9 is not published\n',
  });
});

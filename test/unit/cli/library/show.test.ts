import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();
const entry = {
  jobID: 'e1',
  executor: 'python',
  filename: 'backup.py',
  description: 'Nightly backup',
  os: 'any',
  user: 'grace',
  timeCreated: '1795333200.5Z',
  sha256: 'ab'.repeat(32),
  size: 1500,
  timeoutSeconds: 3600,
};

async function show(filename: string) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/library', { json: { library: JSON.stringify({ jobs: [entry] }) } });
  const clock = { ...systemClock, now: () => 1795333200_500 + 3_600_000 };
  return await run(['library', 'show', filename], { ports: { clock } });
}

test('an entry is shown with all that is known', async () => {
  expect((await show('backup.py')).stdout).toBe(
    [
      'Filename     backup.py',
      'Description  Nightly backup',
      'Kind         job',
      'Executor     python',
      'System       any',
      'Timeout      1 h 0 min',
      'Size         1.5 KB',
      `SHA-256      ${entry.sha256}`,
      'Added by     grace',
      `Added        ${localTime('2026-11-22T07:40:00.500Z')} (1 h ago)`,
      '',
    ].join('\n'),
  );
});

test('the beginning of a name is not enough', async () => {
  expect(await show('backup')).toEqual({
    code: 6,
    stdout: '',
    stderr: 'commander: The library has no "backup"\n',
  });
});

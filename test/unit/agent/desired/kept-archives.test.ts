import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { KeptArchives } from '../../../../src/agent/desired/kept-archives.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const [ONE, TWO] = [
  { sha256: '1'.repeat(64), size: 3 },
  { sha256: '2'.repeat(64), size: 3 },
];
const NEVER = new AbortController().signal;

function makeArchives(
  fetch: (path: string, signal: AbortSignal) => Promise<void> = async (path) => await writeFile(path, 'zip'),
): { archives: KeptArchives; dir: string; fetched: string[] } {
  const dir = join(makeTempDir(onEnd), 'archives');
  const fetched: string[] = [];
  const archives = new KeptArchives({
    dir,
    fetch: async ({ sha256 }, path, signal) => {
      fetched.push(sha256);
      await fetch(path, signal);
    },
  });
  return { archives, dir, fetched };
}

test('is fetched once for all who ask', async () => {
  const { archives, dir, fetched } = makeArchives();
  const paths = await Promise.all([archives.ensure(ONE, NEVER), archives.ensure(ONE, NEVER)]);
  expect(paths).toEqual([join(dir, ONE.sha256), join(dir, ONE.sha256)]);
  expect([fetched, existsSync(archives.pathOf(ONE.sha256))]).toEqual([[ONE.sha256], true]);
});

test('one who is stopped does not stop the next', async () => {
  let begun = 0;
  const { archives } = makeArchives(async (path, signal) => {
    begun += 1;
    if (begun === 1)
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      );
    await writeFile(path, 'zip');
  });
  const stop = new AbortController();
  const first = archives.ensure(ONE, stop.signal);
  const second = archives.ensure(ONE, NEVER);
  await waitFor(() => begun === 1, { what: 'the first fetch' });
  stop.abort(new Stopped('shutdown'));
  await expect(first).rejects.toBeInstanceOf(Stopped);
  expect(await second).toBe(archives.pathOf(ONE.sha256));
});

test('what is not wanted any more goes, leftovers too, and is fetched again when it is wanted again', async () => {
  const { archives, dir, fetched } = makeArchives();
  await archives.retain(new Set());
  await archives.ensure(ONE, NEVER);
  await archives.ensure(TWO, NEVER);
  await writeFile(join(dir, 'leftover'), '');
  await archives.retain(new Set([TWO.sha256]));
  expect(readdirSync(dir)).toEqual([TWO.sha256]);
  await archives.ensure(ONE, NEVER);
  expect(fetched).toEqual([ONE.sha256, TWO.sha256, ONE.sha256]);
});

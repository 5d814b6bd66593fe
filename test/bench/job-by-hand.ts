/**
 * The floor of a job: unzip, run with bash, remove, by hand, with nothing around it. Takes an archive, a number of runs
 * and how many go at once; prints as JSON the milliseconds of each and of all. A process of its own, because spawning costs more the more memory the parent has.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

const [archivePath = '', runs = '1', concurrency = '1'] = process.argv.slice(2);

const durations: number[] = [];
let left = Number(runs);
const begunAt = performance.now();
await Promise.all(Array.from({ length: Number(concurrency) }, runWhileAnyIsLeft));
process.stdout.write(JSON.stringify({ durations, total: performance.now() - begunAt }));

async function runWhileAnyIsLeft(): Promise<void> {
  while (left-- > 0) {
    const startedAt = performance.now();
    await runJob(archivePath);
    durations.push(performance.now() - startedAt);
  }
}

async function runJob(path: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'by-hand-'));
  const script = await unzip(path, dir);
  await once(spawn('bash', [script], { cwd: dir }), 'close');
  rmSync(dir, { recursive: true });
}

/** Returns the path of the last entry. */
async function unzip(path: string, dir: string): Promise<string> {
  const zip = await openPromise(path);
  let target = '';
  for await (const entry of zip.eachEntry()) {
    target = join(dir, entry.fileName);
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
  }
  return target;
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { packAgent } from '../../support/pack-agent.ts';
import { startObtaining, WANTED } from '../../support/obtaining-world.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Measurement } from '../figure.ts';

export const updateBytes: Benchmark = {
  name: 'update-bytes',
  unit: '%',
  about:
    'all that comes over the network for a version with another core, to its full size; floor: its core as text',
  async measure() {
    const cleanups: (() => unknown)[] = [];
    const dir = mkdtempSync(join(tmpdir(), 'commander-bench-'));
    cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
    try {
      return await measureIn(dir, (cleanup) => cleanups.push(cleanup));
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  },
};

async function measureIn(dir: string, onEnd: (cleanup: () => unknown) => void): Promise<Measurement> {
  const installed = join(dir, 'installed');
  const published = join(dir, 'published');
  let core = '';
  await packAgent({ version: '1.0.0', outPath: installed });
  await packAgent({ ...WANTED, outPath: published, change: (source) => (core = changed(source)) });
  const content = readFileSync(published);
  const { server, obtain } = await startObtaining(onEnd, content);
  const sockets: Socket[] = [];
  server.server.on('connection', (socket: Socket) => sockets.push(socket));
  await obtain({ similar: [installed] });
  const sent = sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  const percent = (bytes: number): number => (100 * bytes) / content.length;
  return { samples: [percent(sent)], floor: [percent(core.length)] };
}

/** Every twentieth function, so that the change is all over the core. */
function changed(source: string): string {
  let count = 0;
  return source.replaceAll('function ', (found) => (++count % 20 === 0 ? `${found} ` : found));
}

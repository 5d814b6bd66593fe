import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { serviceFolder } from '../../../../src/agent/services/service-folder.ts';
import { createServiceLogs } from '../../../../src/agent/services/service-logs.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { defined } from '../../../../src/lib/defined.ts';
import type { LogFrame } from '../../../../src/protocol/schemas/frames.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

interface Following {
  readonly frames: LogFrame[];
  readonly text: () => string;
  readonly kept: Set<string>;
  readonly logPath: string;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

function follow(service: string, tailBytes?: number, live?: boolean): Following {
  const servicesDir = makeTempDir(onEnd);
  const { logPath } = serviceFolder(servicesDir, 'web');
  mkdirSync(dirname(logPath), { recursive: true });
  writeFileSync(logPath, `${'x'.repeat(20_000)}end`);
  const kept = new Set(['web']);
  const logs = createServiceLogs({ servicesDir, clock: systemClock, isKept: (name) => kept.has(name) });
  const stop = new AbortController();
  const frames: LogFrame[] = [];
  const request = { kind: 'follow', followID: 'f1', service, on: true } as const;
  const over = logs.follow(
    { ...request, ...defined({ tailBytes, live }) },
    (frame) => frames.push(frame),
    stop.signal,
  );
  onEnd(async () => {
    stop.abort(new Error('the test is over'));
    await over;
  });
  return { frames, kept, logPath, stop, over, text: () => frames.map(({ text }) => text).join('') };
}

test('the end of a log is sent, and what is written from then on', async () => {
  const { frames, logPath, text } = follow('web', 3);
  await waitFor(() => text() === 'end', { what: 'the end' });
  appendFileSync(logPath, ' more');
  await waitFor(() => text() === 'end more', { what: 'more' });
  const frame = { kind: 'log', followID: 'f1' };
  expect(frames.slice(0, 2)).toEqual([
    { ...frame, text: '' },
    { ...frame, text: 'end' },
  ]);
});

test('one who wants only what there is gets that, and the end', async () => {
  const { frames, over, text } = follow('web', 3, false);
  await over;
  expect([text(), frames.at(-1)?.end]).toEqual(['end', 'That is all so far']);
});

test('without a word about how much, 16 KiB are sent', async () => {
  const { text } = follow('web');
  await waitFor(() => text().length === 16 * 1024, { what: '16 KiB' });
});

test('the last frame says that the service was removed', async () => {
  const { frames, kept, over, text } = follow('web', 3);
  await waitFor(() => text() === 'end', { what: 'the end' });
  kept.clear();
  await over;
  expect(frames.at(-1)).toEqual({
    ...{ kind: 'log', followID: 'f1', text: '' },
    end: 'The service "web" was removed',
  });
});

test('a service that is not here is no log', async () => {
  const { frames, over } = follow('db');
  await over;
  expect(frames).toEqual([
    { kind: 'log', followID: 'f1', text: '', end: 'There is no service "db" on this endpoint' },
  ]);
});

test('one who does not listen any more is told nothing', async () => {
  const { frames, stop, over, text } = follow('web', 3);
  await waitFor(() => text() === 'end', { what: 'the end' });
  stop.abort(new Error('gone'));
  await over;
  expect(frames).toHaveLength(2);
});

import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { followLog } from '../../../../src/agent/services/follow-log.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

interface Following {
  readonly logPath: string;
  readonly text: () => string;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

function follow(
  content: string | Buffer | undefined,
  { tailBytes = Infinity, follows = (): boolean => true } = {},
): Following {
  const logPath = join(makeTempDir(onEnd), 'output.log');
  if (content !== undefined) writeFileSync(logPath, content);
  const stop = new AbortController();
  let text = '';
  const read = async (): Promise<void> => {
    const options = { tailBytes, follows, clock: systemClock, signal: stop.signal };
    for await (const piece of followLog(logPath, options)) text += piece;
  };
  const over = read();
  onEnd(async () => {
    stop.abort(new Error('the test is over'));
    await over;
  });
  return { logPath, stop, over, text: () => text };
}

test('gives what there is and ends, for one who does not follow', async () => {
  const { over, text } = follow('one two', { tailBytes: 3, follows: () => false });
  await over;
  expect(text()).toBe('two');
});

test('gives what is written later to one who follows', async () => {
  const { logPath, text } = follow('one ');
  await waitFor(() => text() === 'one ', { what: 'the beginning' });
  appendFileSync(logPath, 'two ');
  await waitFor(() => text() === 'one two ', { what: 'the end' });
});

test('waits for a log that is not there yet', async () => {
  const { logPath, text } = follow(undefined);
  writeFileSync(logPath, 'here');
  await waitFor(() => text() === 'here', { what: 'the log' });
});

test('a letter of several bytes is whole, though it was written in two pieces', async () => {
  const letter = Buffer.from('é');
  const { logPath, text } = follow(Buffer.concat([Buffer.from('caf'), letter.subarray(0, 1)]));
  await waitFor(() => text() === 'caf', { what: 'the first piece' });
  appendFileSync(logPath, letter.subarray(1));
  await waitFor(() => text() === 'café', { what: 'the second piece' });
});

test('ends when there is nothing to follow any more, having given all of it', async () => {
  let follows = true;
  const { logPath, over, text } = follow('one ', { follows: () => follows });
  await waitFor(() => text() !== '', { what: 'the beginning' });
  follows = false;
  appendFileSync(logPath, 'last');
  rmSync(dirname(logPath), { recursive: true });
  await over;
  expect(text()).toMatch(/^one (last)?$/);
});

test('ends without a fuss when it is stopped', async () => {
  const { stop, over } = follow('one');
  stop.abort(new Error('enough'));
  await expect(over).resolves.toBeUndefined();
});

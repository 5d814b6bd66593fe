import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { RefusalTap } from '../../../../src/agent/checkin/refusal-tap.ts';
import { formatRefusal } from '../../../../src/protocol/commander/refusal.ts';
import { readWire } from '../../../support/wire-fixture.ts';

function closeFrame(code: number, reason: string): Buffer {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  return Buffer.concat([Buffer.from([0x88, payload.length]), payload]);
}

/** What the tap says after these bytes came. */
async function tapOf(...chunks: Buffer[]): Promise<string | undefined> {
  const stream = new PassThrough();
  const tap = new RefusalTap(stream);
  for (const chunk of chunks) {
    stream.write(chunk);
    await new Promise(setImmediate);
  }
  const refusal = tap.refusal();
  tap.remove();
  expect(stream.listenerCount('data')).toBe(0);
  return refusal?.code;
}

test.each([
  ['frames/refusal-unknown-agent.json', 'AGENT_NOT_FOUND'],
  ['frames/refusal-not-json.json', 'SERVER_REFUSED'],
  ['frames/refusal-missing-agent-id.json', 'SERVER_REFUSED'],
])('the captured %s is %s', async (name, code) => {
  expect(await tapOf(closeFrame(400, readWire(name).trim()))).toBe(code);
});

test('frames before it, and any cut through it, do not hide it', async () => {
  const ping = Buffer.from([0x89, 0]);
  const frame = closeFrame(400, formatRefusal('no'));
  for (let cut = 1; cut < frame.length; cut++) {
    expect(await tapOf(Buffer.alloc(5000, ping), frame.subarray(0, cut), frame.subarray(cut))).toBe(
      'SERVER_REFUSED',
    );
  }
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a legal close', closeFrame(1000, formatRefusal('no'))],
  ['an illegal close without a reason', closeFrame(400, '')],
  ['an illegal close with another reason', closeFrame(400, 'bye')],
  ['the bytes of one in a text', Buffer.from([0x81, 4, 0x01, 0x90, 0x7b, 0x7d])],
])('%s is no refusal', async (_, bytes) => {
  expect(await tapOf(bytes)).toBeUndefined();
});

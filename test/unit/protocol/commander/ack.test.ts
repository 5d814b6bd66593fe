import { expect, test } from '@jest/globals';
import { BARE_ACK } from '../../../../src/protocol/commander/ack.ts';
import { readWire } from '../../../support/wire-fixture.ts';

test('the ack is the bare text that the original waits for', () => {
  expect(BARE_ACK).toBe(readWire('frames/ack.txt'));
});

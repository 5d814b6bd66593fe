import { expect, test } from '@jest/globals';
import { ask, replyTo } from '../../../../src/cli/client/ask.ts';
import type { ServerRequest } from '../../../../src/cli/client/transport.ts';
import { validateLoginReply } from '../../../../src/protocol/generated/admin/accounts.js';

const REQUEST: ServerRequest = { what: 'log in', path: '/admin/login' };
const answering = (text: string) => ({ send: () => Promise.resolve(text) });

test('a reply is what was asked for', async () => {
  const reply = ask(answering('{"token":"t"}'), validateLoginReply, REQUEST);
  await expect(reply).resolves.toEqual({ token: 't' });
});

test.each(['{"token":1}', 'no JSON'])('the reply %j is refused, and says to what', async (text) => {
  await expect(ask(answering(text), validateLoginReply, REQUEST)).rejects.toMatchObject({
    code: 'MESSAGE_INVALID',
    message: expect.stringContaining(replyTo('log in')),
  });
});

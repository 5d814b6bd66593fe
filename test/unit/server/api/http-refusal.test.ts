import { expect, test } from '@jest/globals';
import { badRequest, refusal } from '../../../../src/server/api/http-refusal.ts';

test.each([
  ['says why', refusal(404, 'no'), { status: 404, body: { error: 'no' }, headers: {} }],
  [
    'names our code beside the sentence, and headers',
    refusal(409, 'no', { code: 'SERVER_REFUSED', headers: { a: 'b' } }),
    { status: 409, body: { error: 'no', code: 'SERVER_REFUSED' }, headers: { a: 'b' } },
  ],
  [
    'is of the generic kind for what cannot be understood',
    badRequest(),
    { status: 400, body: expect.objectContaining({ code: 400, name: 'Bad Request' }), headers: {} },
  ],
])('a refusal %s', (_what, { status, body, headers }, expected) => {
  expect({ status, body, headers }).toEqual(expected);
});

import { describe, expect, test } from '@jest/globals';
import {
  ORIGINAL_REFUSAL_CODE,
  REFUSALS,
  REFUSAL_CODE,
  formatRefusal,
  parseRefusal,
} from '../../../../src/protocol/commander/refusal.ts';

describe('a refused check-in', () => {
  test('tells an unknown agent what to do, and can pass once it has been done', () => {
    expect(parseRefusal('{"error": "agent ID not found, please check ID or register"}')).toMatchObject({
      code: 'AGENT_NOT_FOUND',
      message: expect.stringContaining('commander-agent enroll') as unknown,
      retryable: true,
    });
  });

  test.each([REFUSALS.notJson, REFUSALS.missingAgentID, 'a text of the future'])('repeats "%s"', (text) => {
    expect(parseRefusal(formatRefusal(text))).toMatchObject({
      code: 'SERVER_REFUSED',
      message: `The server refused the check-in: ${text}`,
    });
  });

  test.each(['', 'Ping/Pong timeout', 'null', '7', '[]', '{}', '{"error":null}', '{"err'])(
    'is not what closed a socket with reason %j',
    (reason) => {
      expect(parseRefusal(reason)).toBeUndefined();
    },
  );

  test('fits a close frame, which holds 123 bytes of reason', () => {
    const longest = Math.max(...Object.values(REFUSALS).map((text) => formatRefusal(text).length));
    expect(longest).toBeLessThanOrEqual(123);
  });

  test('is sent by us with a code that RFC 6455 allows, unlike the original', () => {
    expect([ORIGINAL_REFUSAL_CODE, REFUSAL_CODE]).toEqual([400, 1008]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { hashPassword, passwordMatches } from '../../../../src/server/accounts/passwords.ts';

describe('passwords', () => {
  test('match their own bcrypt hash and no other password', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$2b\$10\$/);
    expect([
      await passwordMatches('correct horse', hash),
      await passwordMatches('Correct horse', hash),
    ]).toEqual([true, false]);
  });

  test.each([
    ['shorter than eight characters', 'seven77'],
    ['longer than bcrypt reads', 'é'.repeat(37)],
  ])('are refused when %s', async (_why, password) => {
    await expect(hashPassword(password)).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
      message: 'The password must have at least 8 characters and at most 72 bytes',
    });
  });
});

import { expect, test } from '@jest/globals';
import { SERVER_MIGRATIONS } from '../../../../src/store/migrations/server-migrations.ts';

test('versions count from 1 without gaps', () => {
  expect(SERVER_MIGRATIONS.map(({ version }) => version)).toEqual(
    SERVER_MIGRATIONS.map((_, index) => index + 1),
  );
});

import { expect, test } from '@jest/globals';
import { AGENT_MIGRATIONS } from '../../../../src/store/migrations/agent-migrations.ts';

test('versions count from 1 without gaps', () => {
  expect(AGENT_MIGRATIONS.map(({ version }) => version)).toEqual(
    AGENT_MIGRATIONS.map((_, index) => index + 1),
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TAKEN_STATES, UNFINISHED_STATES } from '../../../../src/store/server/job-store.ts';

test('the unfinished states are all but the last of the protocol, in its order', () => {
  const schemaPath = join(process.cwd(), 'src/protocol/generated/protocol.schema.json');
  const schema = JSON.parse(readFileSync(schemaPath, 'utf8')) as { $defs: { JobState: { enum: string[] } } };
  expect([...UNFINISHED_STATES, 'finished']).toEqual(schema.$defs.JobState.enum);
});

test('a job is taken from its ack until its result', () => {
  expect(['queued', ...TAKEN_STATES]).toEqual(UNFINISHED_STATES);
});

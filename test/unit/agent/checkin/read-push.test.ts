import { describe, expect, test } from '@jest/globals';
import { readServerMessage } from '../../../../src/agent/checkin/read-push.ts';

const good = { jobID: 'a', executor: 'sh', filename: 'a.sh' };

test.each([
  ['{"kind":"cancel","jobIDs":["a"]}', { kind: 'cancel', jobIDs: ['a'] }],
  ['{"kind":"cancel","jobIDs":["../a"]}', { kind: 'unknown' }],
  ['{"kind":"else"}', { kind: 'unknown' }],
  ['{"jobs":{}}', { kind: 'unknown' }],
  ['{"jobs":[]}', { kind: 'jobs', jobs: [], rejected: [] }],
  ['ack', { kind: 'unknown' }],
  ['null', { kind: 'unknown' }],
  ['"text"', { kind: 'unknown' }],
  ['', { kind: 'unknown' }],
])('%j is read as %j', (text, message) => {
  expect(readServerMessage(text)).toEqual(message);
});

describe('an assignment is rejected, and the good ones beside it are not, for', () => {
  test.each([
    ['a path', { ...good, filename: '../a.sh' }, /"filename"/],
    ['a path of Windows', { ...good, filename: 'a\\b' }, /"filename"/],
    ['a stream of NTFS', { ...good, filename: 'a:b' }, /"filename"/],
    ['a folder above', { ...good, filename: '..' }, /"filename"/],
    ['an ID that is a path', { ...good, jobID: '../../x' }, /"jobID"/],
    ['no ID', { ...good, jobID: undefined }, /jobID/],
    ['arguments that are no text', { ...good, argv: [1] }, /"argv\/0"/],
    ['a NUL in an argument', { ...good, argv: ['a\0b'] }, /"argv\/0"/],
    [
      'an archive that is not named by its hash',
      { ...good, archive: { sha256: 'x', size: 1 } },
      /"archive\/sha256"/,
    ],
    ['null', null, /it must be object/],
  ])('%s', (_, bad, problem) => {
    const message = readServerMessage(JSON.stringify({ jobs: [bad, good] }));
    expect(message).toEqual({
      kind: 'jobs',
      jobs: [good],
      rejected: [expect.objectContaining({ problem: expect.stringMatching(problem) })],
    });
  });
});

test('fields that a newer server adds do no harm', () => {
  const job = { ...good, fromTheFuture: { x: 1 } };
  expect(readServerMessage(JSON.stringify({ jobs: [job], more: 1 }))).toMatchObject({
    jobs: [good],
    rejected: [],
  });
});

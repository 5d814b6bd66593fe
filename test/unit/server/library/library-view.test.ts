import { expect, test } from '@jest/globals';
import { formatLibrary } from '../../../../src/server/library/library-view.ts';
import { SHA256, libraryRecord } from '../../../support/server-records.ts';

test('the library is written as the original’s document, with our fields after its own', () => {
  const unit = { kind: 'service', name: 'b' } as const;
  const text = formatLibrary([libraryRecord(), libraryRecord({ filename: 'b.sh', timeoutSeconds: 5, unit })]);
  const entry = {
    jobID: 'entry-1',
    executor: 'sh',
    filename: 'run.sh',
    description: 'Runs',
    os: 'linux',
    user: 'root',
    timeCreated: '1795435200.000Z',
    argv: [],
    sha256: SHA256,
    size: 7,
  };
  expect(JSON.parse(text)).toEqual({
    _id: { $oid: '000000000000000000000000' },
    _cls: 'Library',
    jobs: [entry, { ...entry, filename: 'b.sh', timeoutSeconds: 5, unit }],
  });
});

import { describe, expect, test } from '@jest/globals';
import { listHistory } from '../../../../src/server/dispatch/history-view.ts';
import type { JobResultRecord } from '../../../../src/store/server/job-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, jobRecord, openTestStore } from '../../../support/server-records.ts';

const DAY_MS = 86_400_000;

describe('listHistory', () => {
  const onEnd = useCleanup();

  async function historyOf(
    results: { ended?: string; finishedAt?: number; result?: Partial<JobResultRecord> }[],
    { daysAgo = 7 } = {},
  ): Promise<Record<string, unknown>[]> {
    const { jobs } = openTestStore(onEnd);
    for (const [index, { ended, finishedAt = NOON, result }] of results.entries()) {
      const jobID = `job-${index}`;
      const times = ended === undefined ? {} : { timeEnded: ended };
      await jobs.add(jobRecord({ jobID }));
      await jobs.finish(
        jobID,
        { outcome: 'succeeded', ...times, reported: { jobID, ...times }, ...result },
        finishedAt,
      );
    }
    const records = await listHistory(jobs, { agentID: 'agent-1', daysAgo, now: NOON });
    return records.map((record) => JSON.parse(record) as Record<string, unknown>);
  }

  test('gives each job back as it was reported, outputs included, oldest first', async () => {
    const ended = '1795435100.25Z';
    expect(
      await historyOf([{ ended, result: { stdout: 'out', stderr: '' } }, { ended: '1795435100Z' }]),
    ).toEqual([
      { jobID: 'job-0', timeEnded: ended, stdout: 'out', stderr: '' },
      { jobID: 'job-1', timeEnded: '1795435100Z' },
    ]);
  });

  test.each([undefined, '2026-11-23T12:00:00Z', '1795435100', 'Z', '1e9Z'])(
    'puts the time of arrival in place of %j, which would break the original for ever',
    async (ended) => {
      expect(await historyOf([ended === undefined ? {} : { ended }])).toEqual([
        { jobID: 'job-0', timeEnded: '1795435200.000Z' },
      ]);
    },
  );

  test.each([
    [7, ['job-0', 'job-1']],
    [1, ['job-0']],
    [0, []],
  ])('goes back %d days by the time at which jobs ended', async (daysAgo, listed) => {
    const ago = (days: number): string => `${(NOON - days * DAY_MS) / 1000}Z`;
    const history = await historyOf([{ ended: ago(0.5) }, { ended: ago(2) }, { ended: ago(8) }], { daysAgo });
    expect(history.map(({ jobID }) => jobID)).toEqual(listed);
  });
});

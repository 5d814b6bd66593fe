import { expect, test } from '@jest/globals';
import type { EndpointUpdate } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

const UPDATE: EndpointUpdate = {
  ...{ current: '1.2.0', previous: '1.1.0', base: '1.0.0', wanted: '1.2.0' },
  probation: { version: '1.2.0', from: '1.1.0', since: '2026-11-23T07:59:00.000Z', starts: 1 },
  bad: [
    { version: '1.1.5', reason: 'It ended by itself', at: '2026-11-22T08:00:00.000Z' },
    {
      ...{ version: '1.1.6', reason: 'The clock is wrong' },
      ...{ at: '2026-11-22T08:00:00.000Z', retryAt: '2026-11-22T14:00:00.000Z' },
    },
  ],
  jobs: [{ jobID: 'job-1', filename: 'update', version: '1.2.0', phase: 'running' }],
};

test('shows versions, the probation, what failed here, and the last changes', async () => {
  const { code, stdout } = await runCommanderAgent(['update', 'status'], {
    update: () => Promise.resolve(UPDATE),
  });
  expect(code).toBe(0);
  for (const part of [
    /current +1\.2\.0/,
    /installed +1\.0\.0/,
    /else back to 1\.1\.0/,
    /1\.1\.5 .* when asked +It ended by itself/,
    /1\.1\.6 .* 2026-11-22 14:00:00 +The clock is wrong/,
    /job-1/,
  ])
    expect(stdout).toMatch(part);
});

test('of an endpoint that was never updated there is little to show', async () => {
  const { stdout } = await runCommanderAgent(['update', 'status'], {
    update: () => Promise.resolve({ current: '1.0.0', base: '1.0.0', bad: [], jobs: [] }),
  });
  expect(stdout.trim().split('\n')).toHaveLength(3);
});

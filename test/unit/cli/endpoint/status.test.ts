import { expect, test } from '@jest/globals';
import type { EndpointStatus } from '../../../../src/protocol/endpoint.ts';
import { localTime } from '../../../../src/cli/format/time.ts';
import { runCommanderAgent } from '../../../support/run-commander-agent.ts';

const connected: EndpointStatus = {
  state: 'connected',
  stateDir: '/state',
  server: 'https://x:1',
  agentID: 'agent-1',
  certificateExpiresAt: '2026-12-23T08:00:00.000Z',
  pid: 42,
  version: '0.1.0',
  since: '2026-11-23T07:57:00.000Z',
  protocol: 2,
  units: [],
  rejected: [],
  jobs: {
    active: 1,
    unreported: 2,
    recent: [
      { jobID: 'j2', filename: 'b.sh', phase: 'running', acceptedAt: '2026-11-23T07:59:00.000Z' },
      { jobID: 'j1', filename: 'a.sh', phase: 'cleaned', outcome: 'failed', exitCode: 3 },
    ],
  },
};

async function statusOf(status: EndpointStatus, ...argv: string[]): Promise<string[]> {
  const { stdout } = await runCommanderAgent(['status', ...argv], { status: () => Promise.resolve(status) });
  return stdout.trimEnd().split('\n');
}

test('an agent that is connected says since when, to what, and what it has done', async () => {
  const lines = (await statusOf(connected)).map((line) =>
    line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'TIME'),
  );
  expect(lines).toEqual([
    'state        connected',
    'since        TIME (3 min ago)',
    'server       https://x:1',
    'agent        agent-1',
    'certificate  valid until TIME (in 30 d)',
    'protocol     2',
    'process      42',
    'version      0.1.0',
    'folder       /state',
    'jobs         1 to do, 2 to report',
    '',
    'JOB  FILENAME  PHASE    OUTCOME     ACCEPTED',
    'j2   b.sh      running  -           TIME',
    'j1   a.sh      cleaned  failed (3)  -',
  ]);
});

test('what else there is to say of its version is said beside it', async () => {
  const lines = await statusOf({
    ...connected,
    update: {
      pinned: '0.1.0',
      probation: { version: '0.1.0', from: '0.0.9', since: '2026-11-23T07:59:20.000Z', starts: 1 },
      bad: ['0.2.0', '0.2.1'].map((version) => ({ version, reason: 'It ended', at: connected.since ?? '' })),
    },
  });
  expect(lines.slice(7, 11)).toEqual([
    'version      0.1.0',
    'pinned       0.1.0',
    'probation    0.1.0, begun 40 s ago, started once; else back to 0.0.9',
    'failed here  0.2.0, 0.2.1; see "commander-agent update status"',
  ]);
});

test('one that is not says why and what to do, and leaves out what it does not know', async () => {
  const jobs = { active: 0, unreported: 0, recent: [] };
  const status = {
    state: 'not-enrolled',
    problem: 'Enrol it',
    stateDir: '/state',
    jobs,
    units: [],
    rejected: [],
  } as const;
  expect(await statusOf(status)).toEqual([
    'state    not-enrolled',
    'problem  Enrol it',
    'folder   /state',
    'jobs     0 to do, 0 to report',
  ]);
});

test('tasks and services are there with state, since when, last result and next run, and what cannot be kept', async () => {
  const archive = 'a'.repeat(64);
  const since = '2026-11-23T07:00:00.000Z';
  const lines = await statusOf({
    ...connected,
    units: [
      {
        name: 'web',
        kind: 'service',
        state: 'parked',
        since,
        archive,
        lastOutcome: 'exited with code 1',
        problem: 'Parked',
      },
      {
        name: 'cleanup',
        kind: 'task',
        state: 'idle',
        since,
        archive,
        lastOutcome: 'succeeded',
        nextRun: since,
      },
    ],
    rejected: [{ name: 'zone', message: 'There is no time zone "Mars"' }],
  });
  expect(lines.map((line) => line.trimEnd().replaceAll(localTime(since), 'TIME'))).toEqual(
    expect.arrayContaining([
      'web      service  parked  TIME  exited with code 1  -                    Parked',
      'cleanup  task     idle    TIME  succeeded           TIME  -',
      'zone                      There is no time zone "Mars"',
    ]),
  );
});

test('as JSON it is what the agent said', async () => {
  expect(JSON.parse((await statusOf(connected, '--json')).join('\n'))).toEqual(connected);
});

import { afterEach, describe, expect, test } from '@jest/globals';
import {
  beatPeriod,
  SystemdSupervisor,
  systemdSupervisor,
} from '../../../../src/platform/service/systemd-supervisor.ts';
import { waitFor } from '../../../support/wait-for.ts';

const supervisors: SystemdSupervisor[] = [];
afterEach(() => {
  for (const supervisor of supervisors.splice(0)) supervisor.tell('stopping');
});

function makeSupervisor(beatMs?: number): { supervisor: SystemdSupervisor; sent: string[] } {
  const sent: string[] = [];
  const supervisor = new SystemdSupervisor((notice) => sent.push(notice), beatMs);
  supervisors.push(supervisor);
  return { supervisor, sent };
}

test('each piece of news is in the words of systemd', () => {
  const { supervisor, sent } = makeSupervisor();
  for (const news of ['unenrolled', 'running', 'draining', 'stopping'] as const) supervisor.tell(news);
  expect(sent).toEqual([
    'READY=1\nSTATUS=Waiting to be enrolled',
    'READY=1\nSTATUS=Running',
    'STATUS=Stopping once running jobs have ended',
    'STOPPING=1\nSTATUS=Stopping',
  ]);
});

test('signs of life come where they are asked for, once there is something to be alive', async () => {
  const { supervisor, sent } = makeSupervisor(5);
  supervisor.tell('running');
  supervisor.tell('draining');
  const beats = (): number => sent.filter((notice) => notice === 'WATCHDOG=1').length;
  await waitFor(() => beats() >= 3, { what: 'three of them' });
});

test('the first of them comes at once: the version before, in the same process, may have given its last one long ago', () => {
  const { supervisor, sent } = makeSupervisor(30_000);
  supervisor.tell('running');
  expect(sent).toEqual(['READY=1\nSTATUS=Running', 'WATCHDOG=1']);
});

test('a process that has nothing else to do is not kept from ending by them', () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  makeSupervisor(1000).supervisor.tell('running');
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before);
});

describe('the time between signs of life', () => {
  test.each([
    [{ WATCHDOG_USEC: '60000000' }, 30_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '42' }, 30_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '41' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'nonsense' }, undefined],
    [{}, undefined],
  ])('in the environment %j is %p', (environment, periodMs) => {
    expect(beatPeriod(environment, 42)).toBe(periodMs);
  });
});

test('who was not started by systemd tells nobody', async () => {
  expect(await systemdSupervisor({}, 42)).toBeUndefined();
  expect(await systemdSupervisor({ NOTIFY_SOCKET: '' }, 42)).toBeUndefined();
});

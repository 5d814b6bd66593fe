import { expect, test } from '@jest/globals';
import type { ServiceReport } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { withService } from '../../../../support/service-actions.ts';

const RUNNING: ServiceReport = { manager: 'systemd', state: 'running', startsAtBoot: true, pid: 42 };

async function statusOf(report: ServiceReport, ...argv: string[]): Promise<string> {
  const status = (): Promise<ServiceReport> => Promise.resolve(report);
  return (await runCommanderAgent(['service', 'status', ...argv], withService({ status }))).stdout;
}

test('a service says whether it runs, and whether it will', async () => {
  expect(await statusOf(RUNNING)).toBe(
    'state           running\nstarts at boot  yes\nprocess         42\nmanager         systemd\n',
  );
  expect(await statusOf({ manager: 'windows', state: 'stopped', startsAtBoot: false })).toBe(
    'state           stopped\nstarts at boot  no\nmanager         windows\n',
  );
});

test('where there is no service manager, it says what to do instead', async () => {
  const report = {
    manager: 'none',
    state: 'not-installed',
    startsAtBoot: false,
    advice: 'Use cron',
  } as const;
  expect(await statusOf(report)).toBe('Use cron\n');
});

test('as JSON it is what was found', async () => {
  expect(JSON.parse(await statusOf(RUNNING, '--json'))).toEqual(RUNNING);
});

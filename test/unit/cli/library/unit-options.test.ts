import { expect, test } from '@jest/globals';
import { command } from '../../../../src/cli/command.ts';
import { addUnitOptions } from '../../../../src/cli/library/unit-options.ts';

function parse(line: string): Record<string, unknown> {
  const unit = addUnitOptions(command('x', { summary: 'x', examples: ['x'] }));
  return unit.exitOverride().parse(line.split(' '), { from: 'user' }).opts();
}

test('every rule of a task has an option', () => {
  const line =
    '--name x --every 15m --time-zone Europe/Berlin --splay 5m --missed run-once --overlap queue --retries 2 --retry-backoff 1m';
  expect(parse(`${line} --at 2027-01-01T00:00:00Z --cron @daily`)).toEqual({
    name: 'x',
    every: 900,
    timeZone: 'Europe/Berlin',
    splay: 300,
    missed: 'run-once',
    overlap: 'queue',
    retries: 2,
    retryBackoff: 60,
    at: '2027-01-01T00:00:00Z',
    cron: '@daily',
  });
});

test('every rule of a service has an option', () => {
  const line =
    '--restart on-failure --restart-limit 5/10m --stop-grace 20s --probe tcp:80 --probe-interval 5 --probe-timeout 2 --probe-failures 3 --startup 1m --depends-on a,b --log-size 10MB --log-files 3';
  expect(parse(line)).toEqual({
    restart: 'on-failure',
    restartLimit: { limit: 5, windowSeconds: 600 },
    stopGrace: 20,
    probe: { kind: 'tcp', port: 80 },
    probeInterval: 5,
    probeTimeout: 2,
    probeFailures: 3,
    startup: 60,
    dependsOn: ['a', 'b'],
    logSize: 10_000_000,
    logFiles: 3,
  });
});

import { describe, expect, test } from '@jest/globals';
import { systemdUnit } from '../../../../src/platform/service/systemd-unit.ts';

const STATE_DIR = '/var/lib/commander-agent';

/** The values of a key, in order; an empty text for a line that is not there. */
function valuesOf(key: string, unit: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
}

test.each([
  [['/usr/bin/agent', 'run'], '/usr/bin/agent run'],
  [['/opt/the agent/agent', 'run'], '"/opt/the agent/agent" run'],
  [['/opt/100%/$x/agent', 'run', '--config', '/a$b'], '/opt/100%%/$x/agent run --config /a$$b'],
  [['/agent', String.raw`back\slash "quoted"`], String.raw`/agent "back\\slash \"quoted\""`],
])('the command %j is written as systemd reads it', (command, line) => {
  expect(valuesOf('ExecStart', systemdUnit({ command, stateDir: STATE_DIR }))).toEqual([line]);
});

test.each([
  ['/var/lib/commander-agent', ['commander-agent']],
  ['/var/lib/commander agents/2', ['"commander agents/2"']],
  ['/srv/agent', []],
  ['/var/lib', []],
])('of the state folder %s systemd takes care if it can', (stateDir, directories) => {
  expect(valuesOf('StateDirectory', systemdUnit({ command: ['/agent'], stateDir }))).toEqual(directories);
});

test('it stays quiet while there is no identity in the state folder', () => {
  const unit = systemdUnit({ command: ['/agent'], stateDir: '/srv/50%' });
  expect(valuesOf('ConditionPathExists', unit)).toEqual(['|/srv/50%%/identity/identity.json']);
});

test('a stop, a crash and an update end the agent alone; services and jobs can be started from its state folder', () => {
  const unit = systemdUnit({ command: ['/agent'], stateDir: STATE_DIR });
  expect(valuesOf('KillMode', unit)).toEqual(['process']);
  expect(valuesOf('NoExecPaths', unit)).toEqual([]);
});

test('it is restarted at once, always, and never given up', () => {
  const unit = systemdUnit({ command: ['/agent'], stateDir: STATE_DIR });
  expect([valuesOf('Restart', unit), valuesOf('RestartSec', unit)]).toEqual([['always'], ['1']]);
  expect(valuesOf('StartLimitIntervalSec', unit)).toEqual(['0']);
});

describe('a package', () => {
  const packaged = { documentation: 'man:x(8)', tokenPath: '/etc/x/token', enrolPath: '/usr/lib/x/enrol' };
  const unit = systemdUnit({ command: ['/agent'], stateDir: STATE_DIR, packaged });

  test('brings along its manual, its token, and how to enrol with that', () => {
    expect(valuesOf('Documentation', unit)).toEqual(['man:x(8)']);
    expect(valuesOf('ConditionPathExists', unit)[0]).toBe('|/etc/x/token');
    expect(valuesOf('ExecStartPre', unit)).toEqual(['/usr/lib/x/enrol']);
  });

  test('has the same unit otherwise', () => {
    const own = systemdUnit({ command: ['/agent'], stateDir: STATE_DIR }).split('\n');
    const more = unit.split('\n').filter((line) => !own.includes(line));
    expect(more.map((line) => line.split(/[= ]/)[0])).toEqual([
      'Documentation',
      'ConditionPathExists',
      'ExecStartPre',
      '#',
    ]);
  });
});

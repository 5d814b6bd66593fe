import { expect, test } from '@jest/globals';
import type { LibraryService, LibraryTask } from '../../../../src/protocol/schemas/admin/library.ts';
import { requireSoundUnit } from '../../../../src/server/library/require-sound-unit.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function task(schedule: LibraryTask['schedule']): LibraryTask {
  return { kind: 'task', name: 'backup', schedule };
}

function service(name: string, rules: Partial<LibraryService> = {}): LibraryService {
  return { kind: 'service', name, ...rules };
}

test.each([
  ['a task that is due', task({ everySeconds: 60 }), []],
  ['a service', service('web'), []],
  ['a service that waits for one to come', service('web', { dependsOn: ['db'] }), []],
  ['a service that depends on another', service('web', { dependsOn: ['db'] }), [service('db')]],
  [
    'a service while others depend on each other',
    service('web'),
    [service('a', { dependsOn: ['b'] }), service('b', { dependsOn: ['a'] })],
  ],
])('it takes %s', async (_what, unit, others) => {
  await expect(requireSoundUnit(unit, { others, nowMs: NOW })).resolves.toBeUndefined();
});

test.each([
  [
    'a time that has passed',
    task({ at: '2026-11-23T11:00:00Z' }),
    [],
    'SCHEDULE_INVALID',
    '"2026-11-23T11:00:00Z" is in the past; give a time to come',
  ],
  ['no schedule', task({}), [], 'SCHEDULE_INVALID', 'A schedule says exactly one of'],
  [
    'a cycle that it closes',
    service('web', { dependsOn: ['db'] }),
    [service('db', { dependsOn: ['disk', 'web'] })],
    'SERVICE_INVALID',
    'Service "web" cannot be kept: It depends on itself: web -> db -> web',
  ],
  [
    'a probe that cannot be asked',
    service('web', { probe: { kind: 'tcp' } }),
    [],
    'SERVICE_INVALID',
    'Service "web" cannot be kept: Its probe has no port',
  ],
])('it refuses %s', async (_what, unit, others, code, message) => {
  await expect(requireSoundUnit(unit, { others, nowMs: NOW })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

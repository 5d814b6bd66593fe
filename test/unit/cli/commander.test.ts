import { expect, test } from '@jest/globals';
import { commander } from '../../../src/cli/commander.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { commandPath, commandTree, testCommandTree } from '../../support/command-tree.ts';

const build = commander({
  os: 'linux',
  homeDir: '/home/grace',
  clock: systemClock,
  init: () => Promise.reject(new Error('not here')),
  serve: () => Promise.reject(new Error('not here')),
  untilInterrupted: () => Promise.resolve(),
});

testCommandTree(build);

test('these are the commands', () => {
  const leaves = commandTree(build).filter(({ commands }) => commands.length === 0);
  expect(leaves.map((leaf) => commandPath(leaf).replace('commander ', ''))).toEqual([
    'init',
    'serve',
    'login',
    'logout',
    'password',
    'accounts add',
    'accounts list',
    'accounts remove',
    'token create',
    'registration-key show',
    'registration-key rotate',
    'agents list',
    'agents show',
    'agents move',
    'agents pin',
    'agents revoke',
    'groups create',
    'groups list',
    'groups set-version',
    'groups remove',
    ...['start', 'status', 'pause', 'resume', 'abort'].map((verb) => `rollout ${verb}`),
    'library add',
    'library list',
    'library show',
    'library update',
    'library remove',
    'jobs assign',
    'jobs list',
    'jobs show',
    'jobs cancel',
    'tasks assign',
    'tasks list',
    'tasks show',
    'tasks remove',
    'services assign',
    'services list',
    'services show',
    'services logs',
    'services remove',
    'installers add',
    'installers list',
    'installers remove',
    'releases publish',
    'releases list',
    'releases show',
    'releases remove',
    'releases request',
    'releases sign',
    'releases import',
    'releases extend',
    'releases keys list',
    'releases keys export',
    'releases keys rotate',
    'server-certificate',
    'version',
  ]);
});

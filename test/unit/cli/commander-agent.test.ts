import { expect, test } from '@jest/globals';
import { commanderAgent } from '../../../src/cli/commander-agent.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { commandPath, commandTree, testCommandTree } from '../../support/command-tree.ts';
import { endpointActions } from '../../support/run-commander-agent.ts';

const build = commanderAgent({ actions: endpointActions(), clock: systemClock });

testCommandTree(build);

test('these are the commands', () => {
  const leaves = commandTree(build).filter(({ commands }) => commands.length === 0);
  expect(leaves.map((leaf) => commandPath(leaf).replace('commander-agent ', ''))).toEqual([
    'enroll',
    'run',
    'status',
    'schedule list',
    'schedule explain',
    'services list',
    'services logs',
    'services restart',
    ...['status', 'check', 'rollback', 'pin', 'unpin'].map((verb) => `update ${verb}`),
    ...['install', 'uninstall', 'start', 'stop', 'status', 'run'].map((verb) => `service ${verb}`),
    'version',
  ]);
});

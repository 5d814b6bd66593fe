import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { ListedTree } from '../../../src/platform/listed-tree.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { fixtureProgram } from '../../support/fixture-program.ts';

const onEnd = useCleanup();

async function startSleeper(): Promise<{ pid: number; isRunning: () => boolean; exit: Promise<unknown[]> }> {
  const child = spawn(process.execPath, [fixtureProgram('sleeps.mjs')], { stdio: 'ignore' });
  onEnd(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, isRunning: () => child.exitCode === null && child.signalCode === null, exit };
}

test('it is looked at until nothing is left, also what only turns up meanwhile', async () => {
  const [first, second] = [await startSleeper(), await startSleeper()];
  const list = (): Promise<number[]> => {
    const candidates = first.isRunning() ? [first] : [second];
    return Promise.resolve(candidates.filter(({ isRunning }) => isRunning()).map(({ pid }) => pid));
  };
  const tree = new ListedTree({ list, askSignals: ['SIGTERM'], killSignals: ['SIGKILL'] });
  await expect(tree.kill(10_000)).resolves.toEqual({ survivors: [] });
  expect([first.isRunning(), second.isRunning()]).toEqual([false, false]);
});

test('what does not die by the deadline is named', async () => {
  const { pid } = await startSleeper();
  const tree = new ListedTree({ list: () => Promise.resolve([pid]), askSignals: [], killSignals: [] });
  await expect(tree.kill(50)).resolves.toEqual({ survivors: [pid] });
});

test('asking sends its signals, and minds nobody who is gone', async () => {
  const { pid, exit } = await startSleeper();
  const gone = await startSleeper();
  process.kill(gone.pid, 'SIGKILL');
  await gone.exit;
  const tree = new ListedTree({
    list: () => Promise.resolve([gone.pid, pid]),
    askSignals: ['SIGTERM'],
    killSignals: [],
  });
  await tree.ask();
  await exit;
});

testOnPosix('where there is no list, the group is ended, while its leader keeps its ID ours', async () => {
  const leader = spawn(process.execPath, [fixtureProgram('leaves-daemon.mjs'), 'clean'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onEnd(() => leader.kill('SIGKILL'));
  const [chunk] = (await once(leader.stdout, 'data')) as [Buffer];
  onEnd(() => process.kill(Number(chunk.toString()), 'SIGKILL'));
  const list = (): never => {
    throw new Error('no more open files');
  };
  const tree = new ListedTree({ list, groupOf: leader, askSignals: [], killSignals: ['SIGKILL'] });
  await expect(tree.kill(10_000)).resolves.toEqual({ survivors: [] });
  expect(leader.signalCode).toBe('SIGKILL');
});

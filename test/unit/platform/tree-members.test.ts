import { describe, expect, test } from '@jest/globals';
import { knownRoot, treeMembers, type ProcessInfo } from '../../../src/platform/tree-members.ts';

const INIT: ProcessInfo = { pid: 1, parentPid: 0, groupID: 1, startedAt: 0, marked: false };
const SHELL: ProcessInfo = { pid: 50, parentPid: 1, groupID: 50, startedAt: 10, marked: false };
/** The root of the tree in all of these: pid 100, started at 1000. */
const ROOT: ProcessInfo = { pid: 100, parentPid: 50, groupID: 100, startedAt: 1000, marked: true };

function info(pid: number, more: Partial<ProcessInfo>): ProcessInfo {
  return { pid, parentPid: 1, groupID: pid, startedAt: 1001, marked: false, ...more };
}

function pids(
  processes: ProcessInfo[],
  root: { pid: number; startedAt: number } | undefined = ROOT,
): number[] {
  return treeMembers([INIT, SHELL, ...processes], root).map(({ pid }) => pid);
}

describe('in the tree are', () => {
  test.each<[string, ProcessInfo[], number[]]>([
    ['the root', [ROOT], [100]],
    [
      'its children and theirs',
      [info(102, { parentPid: 101 }), info(101, { parentPid: 100 }), ROOT],
      [101, 100, 102],
    ],
    ['its group, also of a dead root', [info(101, { groupID: 100 })], [101]],
    ['whoever carries the mark, wherever it went', [info(300, { marked: true })], [300]],
    [
      'the children of those, without the mark',
      [info(300, { marked: true }), info(301, { parentPid: 300 })],
      [300, 301],
    ],
    ['orphans that still name their dead parent, as on Windows', [info(101, { parentPid: 100 })], [101]],
  ])('%s', (_, processes, expected) => {
    expect(pids(processes)).toEqual(expected);
  });
});

/** No process that others have started may ever be hit, though its numbers look like ours. */
describe('not in the tree are', () => {
  const stranger = info(100, { parentPid: 50, startedAt: 5000 });
  test.each<[string, ProcessInfo[]]>([
    ['a stranger with the ID of the dead root', [stranger]],
    [
      'that stranger’s children and group',
      [stranger, info(101, { parentPid: 100, groupID: 100, startedAt: 5001 })],
    ],
    ['an older process whose parent once had the ID', [info(70, { parentPid: 100, startedAt: 900 })]],
    ['an older group of the same number', [info(70, { groupID: 100, startedAt: 900 })]],
    ['siblings', [info(101, { parentPid: 50, groupID: 50 })]],
  ])('%s', (_, processes) => {
    expect(pids(processes)).toEqual([]);
  });

  test('orphans of the dead root are told from the stranger’s children by their age', () => {
    const orphan = info(101, { parentPid: 100, startedAt: 1500 });
    expect(pids([stranger, orphan, info(102, { parentPid: 100, startedAt: 5001 })])).toEqual([101]);
  });

  test('processes that are younger than their supposed parent is', () => {
    const marked = info(300, { marked: true, startedAt: 2000 });
    expect(pids([marked, info(301, { parentPid: 300, startedAt: 1999 })])).toEqual([300]);
  });
});

test('without a root, after a restart of ours, the mark alone counts', () => {
  expect(treeMembers([INIT, SHELL, info(100, {}), info(300, { marked: true })], undefined)).toEqual([
    info(300, { marked: true }),
  ]);
});

describe('the root', () => {
  const alive = { pid: 100, exitCode: null, signalCode: null };
  test.each([
    ['is what has its ID, while it is our child', alive, { pid: 100, startedAt: 1000 }],
    [
      'is remembered by when it was started, once it has exited',
      { ...alive, exitCode: 0 },
      { pid: 100, startedAt: 7 },
    ],
    [
      'is remembered, once a signal has ended it',
      { ...alive, signalCode: 'SIGKILL' as const },
      { pid: 100, startedAt: 7 },
    ],
    ['is unknown where there was never a child', undefined, undefined],
  ])('%s', (_, child, expected) => {
    expect(knownRoot(child, [INIT, ROOT], 7)).toEqual(expected);
  });
});

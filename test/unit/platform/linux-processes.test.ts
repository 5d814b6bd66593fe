import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { linuxStartTime, listLinuxProcesses, parseStat } from '../../../src/platform/linux-processes.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const MARK = { name: 'JOB', value: '/w/1' };

/** As proc_pid_stat(5) describes it; the start time is field 22. */
function statOf(
  pid: number,
  { name = 'sh', state = 'S', parent = 1, group = pid, startedAt = 7 } = {},
): string {
  return `${pid} (${name}) ${state} ${parent} ${group} ${group} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${startedAt} 0 0`;
}

function makeProc(processes: Record<number, { stat: string; environ?: string }>, lastPid = 999): string {
  const procDir = makeTempDir(onEnd);
  writeFileSync(join(procDir, 'loadavg'), `0.10 0.20 0.30 1/100 ${lastPid}\n`);
  mkdirSync(join(procDir, 'self'));
  for (const [pid, { stat, environ }] of Object.entries(processes)) {
    mkdirSync(join(procDir, pid));
    writeFileSync(join(procDir, pid, 'stat'), stat);
    if (environ !== undefined) writeFileSync(join(procDir, pid, 'environ'), environ);
  }
  return procDir;
}

test.each(['sh', 'a b', ') R 9 9 9', '((x'])('a process named %j is read alike', (name) => {
  expect(parseStat(statOf(12, { name, parent: 3, group: 4, startedAt: 5 }))).toEqual({
    pid: 12,
    parentPid: 3,
    groupID: 4,
    startedAt: 5,
  });
});

test.each(['Z', 'X'])('one in state %s is dead', (state) => {
  expect(parseStat(statOf(12, { state }))).toBeUndefined();
});

test('the mark is a whole variable of the environment, not a part of one', () => {
  const environs = {
    1: 'JOB=/w/1\0A=b\0',
    2: 'A=b\0JOB=/w/1\0',
    3: 'JOB=/w/12\0',
    4: 'MYJOB=/w/1\0',
    5: 'A=JOB=/w/1\0',
    6: '',
    7: undefined,
  };
  const procDir = makeProc(
    Object.fromEntries(
      Object.entries(environs).map(([pid, environ]) => [
        pid,
        { stat: statOf(Number(pid)), ...(environ === undefined ? {} : { environ }) },
      ]),
    ),
  );
  const marked = listLinuxProcesses({ procDir, mark: MARK }).filter((process) => process.marked);
  expect(marked.map(({ pid }) => pid)).toEqual([1, 2]);
});

test('what ends while it is being read is left out', () => {
  const procDir = makeProc({ 5: { stat: statOf(5) } });
  mkdirSync(join(procDir, '6'));
  expect(listLinuxProcesses({ procDir, mark: MARK }).map(({ pid }) => pid)).toEqual([5]);
});

test.each([
  ['soon after its start, only what came after the root', 10, 999, [100, 200]],
  ['later, everything, as IDs may have gone all the way round', 5_000, 999, [50, 100, 200]],
  ['everything, when they have', 10, 60, [50, 100, 200]],
])('%s is looked at', (_, agoMs, lastPid, expected) => {
  const entries = [50, 100, 200].map((pid) => [pid, { stat: statOf(pid) }]);
  const procDir = makeProc(Object.fromEntries(entries) as Record<number, { stat: string }>, lastPid);
  const listed = listLinuxProcesses({ procDir, mark: MARK, after: { pid: 100, agoMs } });
  expect(listed.map(({ pid }) => pid).sort((a, b) => a - b)).toEqual(expected);
});

test('the start time of a process is known, of none is not', () => {
  const procDir = makeProc({ 5: { stat: statOf(5, { startedAt: 123 }) } });
  expect([linuxStartTime(procDir, 5), linuxStartTime(procDir, 6)]).toEqual([123, undefined]);
});

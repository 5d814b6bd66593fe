import { expect, test } from '@jest/globals';
import {
  mergeSettings,
  nameOfSetting,
  nestSetting,
  variableOf,
  walkSettings,
} from '../../../../src/agent/config/setting-paths.ts';

test('every single setting is walked, and a list is one', () => {
  expect([...walkSettings({ a: 1, b: { c: ['x'], d: { e: '' } } })]).toEqual([
    [['a'], 1],
    [['b', 'c'], ['x']],
    [['b', 'd', 'e'], ''],
  ]);
});

test('settings are merged group by group, and a list is replaced whole', () => {
  const below = { a: 1, b: { c: ['x', 'y'], d: 2 } };
  expect(mergeSettings(below, { b: { c: ['z'] }, e: 3 })).toEqual({ a: 1, b: { c: ['z'], d: 2 }, e: 3 });
  expect(below).toEqual({ a: 1, b: { c: ['x', 'y'], d: 2 } });
});

test('a setting has one name in messages and one in the environment', () => {
  const path = ['jobs', 'archive', 'maxTotalBytes'];
  expect([nameOfSetting(path), variableOf(path), nestSetting(path, 7)]).toEqual([
    'jobs.archive.maxTotalBytes',
    'COMMANDER_AGENT_JOBS_ARCHIVE_MAX_TOTAL_BYTES',
    { jobs: { archive: { maxTotalBytes: 7 } } },
  ]);
});

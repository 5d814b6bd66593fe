import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { holdsOnlyTypes, readSources } from './source-graph.ts';

/** A twin is in test/unit, or where the real other end is that the file speaks to: a server, a store, a process. */
const TWIN_FOLDERS = ['unit', 'contract', 'integration'];

/** Files and folders without a twin, each with the reason. Keep it short. */
const WITHOUT_TWIN: Record<string, string> = {
  'src/bin/': 'argv to exit code, which only a real process shows: test/e2e',
  'src/agent/config/schema.ts':
    'a declaration; the validator made from it is tested with the settings it checks',
  'src/agent/config/generated/': 'made from the schema, and checked against it by "npm run check"',
  'src/agent/update/switch/schema.ts': 'a declaration; the validator made from it is tested with the file',
  'src/agent/update/switch/generated/': 'made from the schema, and checked against it by "npm run check"',
  'src/protocol/generated/': 'made from the schemas, and checked against them by "npm run check"',
  'src/server/installers/generated/':
    'installers/one-line as a module, checked against it by "npm run check"',
  'src/protocol/schemas/':
    'declarations; the validators made from them are tested with the messages that use them',
};

const sources = readSources().filter((source) => !holdsOnlyTypes(source));

test('every source file with code in it has its twin among the tests', () => {
  const lonely = sources.filter(({ path }) => !isExcused(path) && !hasTwin(path));
  expect(lonely.map(({ path }) => `${path} needs ${twinOf(path)}`)).toEqual([]);
});

test('no excuse outlives its reason', () => {
  const stale = Object.keys(WITHOUT_TWIN).filter(
    (excused) =>
      !sources.some(({ path }) => path.startsWith(excused)) || (excused.endsWith('.ts') && hasTwin(excused)),
  );
  expect(stale).toEqual([]);
});

function isExcused(path: string): boolean {
  return Object.keys(WITHOUT_TWIN).some((excused) => path.startsWith(excused));
}

function hasTwin(path: string): boolean {
  return TWIN_FOLDERS.some((folder) => existsSync(twinOf(path, folder)));
}

function twinOf(path: string, folder = 'unit'): string {
  return path.replace(/^src/, `test/${folder}`).replace(/\.[jt]s$/, '.test.ts');
}

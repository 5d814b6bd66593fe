import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { holdsOnlyTypes, readSources } from './source-graph.ts';

/** Files and folders without a twin in test/unit, each with the reason. Keep it short. */
const WITHOUT_TWIN: Record<string, string> = {
  'src/bin/': 'argv to exit code, which only a real process shows: test/e2e',
  'src/protocol/generated/': 'made from the schemas, and checked against them by "npm run check"',
  'src/protocol/schemas/':
    'declarations; the validators made from them are tested with the messages that use them',
};

const sources = readSources().filter((source) => !holdsOnlyTypes(source));

test('every source file with code in it has its twin in test/unit', () => {
  const lonely = sources.filter(({ path }) => !isExcused(path) && !existsSync(twinOf(path)));
  expect(lonely.map(({ path }) => `${path} needs ${twinOf(path)}`)).toEqual([]);
});

test('no excuse outlives its reason', () => {
  const stale = Object.keys(WITHOUT_TWIN).filter(
    (excused) =>
      !sources.some(({ path }) => path.startsWith(excused)) ||
      (excused.endsWith('.ts') && existsSync(twinOf(excused))),
  );
  expect(stale).toEqual([]);
});

function isExcused(path: string): boolean {
  return Object.keys(WITHOUT_TWIN).some((excused) => path.startsWith(excused));
}

function twinOf(path: string): string {
  return path.replace(/^src/, 'test/unit').replace(/\.[jt]s$/, '.test.ts');
}

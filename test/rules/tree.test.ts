import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

/** What belongs to one machine or network and not to the project. */
const OF_ONE_MACHINE = [
  /https?:\/\/[^\s/"']*(?:registry|artifactory|nexus|verdaccio|mirror)[^\s/"']*/,
  /(?<![\w.~/*-])\/(?:work|Users|home\/runner)\/\w+/,
];
const SWITCHED_OFF =
  /\b(?:test|it|describe)(?:\.each)?\.(?:only|skip|todo|failing)[.(]|\b(?:fit|fdescribe|xit|xtest|xdescribe)\(/;

const files = trackedFiles();

test('nothing in the tree names a registry or a folder of one machine', () => {
  expect(linesThat((line) => OF_ONE_MACHINE.some((pattern) => pattern.test(line)), files)).toEqual([]);
});

test('no test is switched off', () => {
  const tests = files.filter((path) => path.endsWith('.test.ts'));
  expect(linesThat((line) => SWITCHED_OFF.test(line), tests)).toEqual([]);
});

function linesThat(matches: (line: string) => boolean, paths: string[]): string[] {
  return paths.flatMap((path) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.flatMap((line, i) =>
      matches(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : [],
    );
  });
}

/** Everything that git has or would take; text only, as nothing else is in the tree. */
function trackedFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  return execFileSync('git', args, { encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(path));
}

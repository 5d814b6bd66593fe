import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { findCycles, holdsOnlyTypes, staticClosure, type Import, type SourceFile } from './source-graph.ts';

test('a ring of imports is found, whoever is looked at first', () => {
  const files = [file('a', ['b']), file('b', ['c']), file('c', ['b'])];
  expect(findCycles(files)).toEqual([['b', 'c', 'b']]);
  expect(findCycles(files.reverse())).toEqual([['c', 'b', 'c']]);
});

test('a ring of types is one too; one that a dynamic import closes is not', () => {
  expect(findCycles([file('a', ['b'], 'type'), file('b', ['a'])])).toHaveLength(1);
  expect(findCycles([file('a', ['b'], 'dynamic'), file('b', ['a'])])).toEqual([]);
});

test('two ways to one file are no ring', () => {
  expect(findCycles([file('a', ['b', 'c']), file('b', ['d']), file('c', ['d']), file('d', [])])).toEqual([]);
});

test('the closure follows static imports only', () => {
  const files = [file('a', ['b']), file('b', ['got']), file('a2', ['c'], 'dynamic'), file('c', ['tar'])];
  expect(staticClosure(files, ['a', 'a2']).map(({ to }) => to)).toEqual(['b', 'got']);
});

test.each([
  ['export interface A { b: string }', true],
  ["import type { B } from './b.ts';\nexport type A = B;", true],
  ["import { type B } from './b.ts';\nexport type A = B;", true],
  ["export type * from './b.ts';", true],
  ["import { b } from './b.ts';\nexport type A = typeof b;", false],
  ["import './b.ts';", false],
  ['export const a = 1;', false],
])('%j holds only types: %s', (text, expected) => {
  const syntax = ts.createSourceFile('a.ts', text, ts.ScriptTarget.ESNext, true);
  expect(holdsOnlyTypes({ path: 'a.ts', syntax, imports: [] })).toBe(expected);
});

function file(path: string, targets: string[], kind: Import['kind'] = 'static'): SourceFile {
  const syntax = ts.createSourceFile(path, '', ts.ScriptTarget.ESNext);
  return { path, syntax, imports: targets.map((to) => ({ from: path, to, kind })) };
}

import { InvalidArgumentError } from 'commander';
import { expect, test } from '@jest/globals';
import { probe, restartLimit, unitName } from '../../../../src/cli/library/unit-values.ts';

test.each([
  ['process', { kind: 'process' }],
  ['tcp:5432', { kind: 'tcp', port: 5432 }],
  ['http:8080', { kind: 'http', port: 8080 }],
  ['http:8080/health?deep=1', { kind: 'http', port: 8080, path: '/health?deep=1' }],
  ['command:./check.sh  --quick a:b', { kind: 'command', command: ['./check.sh', '--quick', 'a:b'] }],
])('"%s" is a probe', (text, expected) => {
  expect(probe(text)).toEqual(expected);
});

test.each([
  '',
  'tcp',
  'tcp:',
  'tcp:0',
  'tcp:65536',
  'tcp:80/x',
  'http:/health',
  'http:80 /',
  'command:',
  'udp:1',
])('"%s" is no probe', (text) => {
  expect(() => probe(text)).toThrow(InvalidArgumentError);
});

test('a restart limit is a number within a time', () => {
  expect(restartLimit('5/10m')).toEqual({ limit: 5, windowSeconds: 600 });
});

test.each(['', '5', '5/', '/10m', 'x/10m', '5/x', '5/10m/2'])('"%s" is no restart limit', (text) => {
  expect(() => restartLimit(text)).toThrow(InvalidArgumentError);
});

test('a unit’s name is that of a folder on every system', () => {
  expect(unitName('web-1.x_y')).toBe('web-1.x_y');
  for (const bad of ['', 'Web', '-web', 'a/b', 'a b', 'x'.repeat(64)])
    expect(() => unitName(bad)).toThrow('begin with a letter or a digit');
});

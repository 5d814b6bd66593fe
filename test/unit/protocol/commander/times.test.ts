import { describe, expect, test } from '@jest/globals';
import { formatEpochTime, parseEpochTime } from '../../../../src/protocol/commander/times.ts';

describe('formatEpochTime', () => {
  test.each([
    [1_795_333_254_794, '1795333254.794Z'],
    [1_795_333_254_000, '1795333254.000Z'],
    [1_795_333_254_007.9, '1795333254.007Z'],
    [0, '0.000Z'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatEpochTime(ms)).toBe(text);
  });
});

describe('parseEpochTime', () => {
  test.each([
    ['1795333254Z', 1_795_333_254_000],
    ['1795333254.848Z', 1_795_333_254_848],
    ['1795333254.123456789Z', 1_795_333_254_123.4568],
    ['1795333254.79452Z', 1_795_333_254_794.52],
  ])('%s, which the original takes, is %d ms', (text, ms) => {
    expect(parseEpochTime(text)).toBeCloseTo(ms, 2);
  });

  test.each([
    '',
    'Z',
    '1795333254',
    '1795333254.848',
    '2026-11-22T10:00:00Z',
    '-1Z',
    '1e9Z',
    '.5Z',
    '1.Z',
    ' 1Z',
  ])('%j, which breaks the history of the original, is no time', (text) => {
    expect(parseEpochTime(text)).toBeUndefined();
  });

  test('reads back what is written', () => {
    expect(parseEpochTime(formatEpochTime(1_795_333_254_123))).toBe(1_795_333_254_123);
  });
});

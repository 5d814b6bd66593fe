import { describe, expect, test } from '@jest/globals';
import { median, toFigure, toTable } from '../../bench/figure.ts';

describe('median', () => {
  test.each([
    [[7], 7],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10], // by value, not as text
    [[1, 1, 1, 1000], 1],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('leaves its argument in order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('toFigure', () => {
  test('sums up samples beside their floor', () => {
    expect(toFigure('job-latency', 'ms', { samples: [12, 8.333, 10], floor: [4, 6, 5] })).toEqual({
      name: 'job-latency',
      unit: 'ms',
      runs: 3,
      min: 8.33,
      median: 10,
      max: 12,
      floor: 5,
      ratio: 2,
    });
  });

  test('has neither floor nor ratio where there is no floor', () => {
    expect(toFigure('a', 'ms', { samples: [1] })).toMatchObject({ floor: null, ratio: null });
  });

  test('has no ratio to a floor of zero', () => {
    expect(toFigure('a', 'ms', { samples: [1], floor: [0] })).toMatchObject({ floor: 0, ratio: null });
  });

  test('refuses a benchmark that measured nothing', () => {
    expect(() => toFigure('a', 'ms', { samples: [] })).toThrow('"a" measured nothing');
  });
});

test('the table aligns its columns and shows what is missing as a dash', () => {
  const figures = [
    toFigure('job-latency', 'ms', { samples: [10], floor: [4] }),
    toFigure('idle-rss', 'MB', { samples: [1.25] }),
  ];
  expect(toTable(figures)).toBe(
    [
      'name         unit  runs   min  median   max  floor  ratio',
      'job-latency  ms       1    10      10    10      4    2.5',
      'idle-rss     MB       1  1.25    1.25  1.25      -      -',
      '',
    ].join('\n'),
  );
});

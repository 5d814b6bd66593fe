import { describe, expect, test } from '@jest/globals';
import { formatFields, formatTable } from '../../../../src/cli/format/table.ts';

describe('a table', () => {
  test('has headings in capitals, padded columns and nothing after the last cell', () => {
    const table = formatTable(
      ['name', 'os'],
      [
        ['web-1', 'Linux'],
        ['database-1', 'macOS'],
      ],
    );
    expect(table).toBe('NAME        OS\nweb-1       Linux\ndatabase-1  macOS');
  });

  test('shows an empty cell as a dash', () => {
    expect(formatTable(['a', 'b'], [['', 'x']])).toBe('A  B\n-  x');
  });

  test('counts wide letters as two cells and combining marks as none', () => {
    const table = formatTable(
      ['a', 'b'],
      [
        ['日本', 'x'],
        ['cafe\u0301', 'y'],
      ],
    );
    expect(table.split('\n').slice(1)).toEqual(['日本  x', 'cafe\u0301  y']);
  });

  test('keeps each row on one line, and control characters visible', () => {
    expect(formatTable(['a'], [['two\nlines \u001b[2J']])).toBe('A\ntwo lines ␛[2J');
  });
});

test('fields are aligned, and those without a value left out', () => {
  expect(formatFields({ Job: 'a1', Executor: 'sh', Reason: undefined })).toBe('Job       a1\nExecutor  sh');
});

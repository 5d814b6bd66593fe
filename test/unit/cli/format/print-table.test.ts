import { expect, test } from '@jest/globals';
import { printTable } from '../../../../src/cli/format/print-table.ts';
import { captureConsole } from '../../../support/run-commander.ts';

const listing = { value: { agents: [] }, headings: ['agent'], rows: [], whenEmpty: 'No agents' };

test('rows are printed below their headings', () => {
  const { console, stdout, stderr } = captureConsole();
  printTable(console, { ...listing, rows: [['web-1']] });
  expect([stdout(), stderr()]).toEqual(['AGENT\nweb-1\n', '']);
});

test('an empty list prints nothing on stdout, so that scripts see no lines', () => {
  const { console, stdout, stderr } = captureConsole();
  printTable(console, listing);
  expect([stdout(), stderr()]).toEqual(['', 'No agents\n']);
});

test('with --json an empty list is a document like any other', () => {
  const { console, stdout, stderr } = captureConsole();
  printTable({ ...console, json: true }, listing);
  expect([JSON.parse(stdout()), stderr()]).toEqual([{ agents: [] }, '']);
});

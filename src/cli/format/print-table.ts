import { printNote, printResult, type Console } from '../console.ts';
import { formatTable } from './table.ts';

export interface Listing {
  /** The JSON document. */
  readonly value: unknown;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said on stderr when there are no rows. */
  readonly whenEmpty: string;
}

/** Prints a list as JSON or as a table; of nothing, only the note. */
export function printTable(console: Console, { value, headings, rows, whenEmpty }: Listing): void {
  const isEmpty = rows.length === 0;
  printResult(console, value, isEmpty ? '' : formatTable(headings, rows));
  if (isEmpty && !console.json) printNote(console, whenEmpty);
}

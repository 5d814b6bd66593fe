import type { SQLOutputValue } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

/** The record in a row whose columns bear the names of its fields: NULL is an absent field. No row, no record. */
export function fromRow(row: Row | undefined): unknown {
  if (row === undefined) return undefined;
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

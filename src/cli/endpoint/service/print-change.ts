import type { ServiceChange } from '../../../protocol/endpoint.ts';
import { printNote, printResult, type Console } from '../../console.ts';

/** The result for scripts, and a line for people that says which of both it was. */
export function printChange(
  console: Console,
  change: ServiceChange,
  lines: { readonly done: string; readonly already: string },
): void {
  printResult(console, change, '');
  if (!console.json) printNote(console, change.changed ? lines.done : lines.already);
}

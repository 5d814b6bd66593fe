import type { Console } from '../console.ts';
import { visibleText } from './visible-text.ts';

/** Prints a piece of a service's log; with `--json` as one line. */
export function printLog({ stdout, json }: Pick<Console, 'stdout' | 'json'>, text: string): void {
  const isTerminal = (stdout as { isTTY?: boolean }).isTTY === true;
  if (json) stdout.write(`${JSON.stringify({ text })}\n`);
  // A file or pipe gets what the service wrote; a terminal must not be steered by it.
  else stdout.write(isTerminal ? visibleText(text) : text);
}

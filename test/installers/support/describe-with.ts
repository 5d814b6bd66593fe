import { describe, test } from '@jest/globals';
import { hasTool } from '../../../build/installers/run-tool.ts';
import type { Tool } from '../../../build/installers/tools.ts';

/** Like `describe`, but where a tool is missing there is one skipped test that says which. */
export function describeWith(tools: readonly Tool[], name: string, body: () => void): void {
  const missing = tools.filter((tool) => !hasTool(tool));
  describe(name, missing.length === 0 ? body : () => skipped(`"${missing.join('", "')}" is not installed`));
}

/** Like `describe`, but with nothing but the reason when there is one not to run it. */
export function describeUnless(reason: string | undefined, name: string, body: () => void): void {
  describe(name, reason === undefined ? body : () => skipped(reason));
}

function skipped(reason: string): void {
  test.skip(`skipped: ${reason}`, () => undefined);
}

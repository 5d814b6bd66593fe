import { expect } from '@jest/globals';
import type { ErrorCode } from '../../src/lib/errors.ts';
import type { Outcome } from './packed-process.ts';

export interface Refusal {
  exit: number;
  code: ErrorCode;
  /** What the sentence must say. */
  words: readonly string[];
}

/** That a command ends so: one sentence on stderr, nothing on stdout, and the same with `--json` as data. */
export async function expectRefusal(
  run: (...more: string[]) => Promise<Outcome>,
  { exit, code, words }: Refusal,
): Promise<void> {
  const [plain, asJson] = [await run(), await run('--json')];
  expect([plain.code, plain.stdout, asJson.code, asJson.stdout]).toEqual([exit, '', exit, '']);
  const sentence = lastLine(plain.stderr);
  expect(sentence).toMatch(/^commander(-agent)?: \S/);
  for (const word of words) expect(sentence).toContain(word);
  const { error } = JSON.parse(lastLine(asJson.stderr)) as { error: { code: string; message: string } };
  expect(error).toEqual({ code, message: expect.stringContaining(words[0] ?? '') as unknown });
}

/** A server's log goes before it on the same stream. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

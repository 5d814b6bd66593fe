import { expect } from '@jest/globals';
import type { OriginalAnswer } from './original-client.ts';

/** Status and body, where a text stands for `{"error": text}`. Ours says more than the original: a code beside the words. */
export async function expectAnswer(
  answer: OriginalAnswer | Promise<OriginalAnswer>,
  status: number,
  body: unknown,
): Promise<void> {
  const { status: actual, json } = await answer;
  expect([actual, json]).toMatchObject([status, typeof body === 'string' ? { error: body } : body]);
}

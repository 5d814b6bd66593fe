import { createCipheriv } from 'node:crypto';

/** Bytes without a pattern, the same in every run. */
export function noise(length: number, seed = 0): Uint8Array {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

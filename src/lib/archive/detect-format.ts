import { open } from 'node:fs/promises';
import type { ArchiveFormat } from './archive-types.ts';

export const TAR_BLOCK_BYTES = 512;

/** Tells the format by content: names lie, and downloads from the original carry no ending at all. */
export async function detectFormat(
  archivePath: string,
): Promise<{ format: ArchiveFormat | undefined; archiveBytes: number }> {
  const file = await open(archivePath, 'r');
  try {
    const block = Buffer.alloc(TAR_BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, TAR_BLOCK_BYTES, 0);
    return { format: formatOf(block.subarray(0, bytesRead)), archiveBytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

function formatOf(head: Uint8Array): ArchiveFormat | undefined {
  // A zip begins with its first entry, or with the end record when it is empty.
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04) || startsWith(head, 0x50, 0x4b, 0x05, 0x06)) return 'zip';
  if (startsWith(head, 0x1f, 0x8b)) return 'tar.gz';
  return isTarBlock(head) ? 'tar' : undefined;
}

/** A tar has no magic number that all of its dialects share, but every header carries its own checksum. */
export function isTarBlock(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK_BYTES) return false;
  const stored = parseInt(Buffer.from(block.subarray(148, 156)).toString('latin1').trim(), 8);
  // The checksum is taken with its own field read as spaces.
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return stored === sum;
}

function startsWith(head: Uint8Array, ...magic: number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

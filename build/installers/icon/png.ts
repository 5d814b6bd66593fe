import { crc32, deflateSync } from 'node:zlib';

export interface Picture {
  /** Width and height, in pixels. */
  size: number;
  /** Four bytes for each pixel, row by row. */
  rgba: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const BIT_DEPTH = 8;
const TRUE_COLOR_WITH_ALPHA = 6;

export function writePng({ size, rgba }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([BIT_DEPTH, TRUE_COLOR_WITH_ALPHA], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(unfilteredRows({ size, rgba }), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Each row begins with the number of its filter; 0 is none. */
function unfilteredRows({ size, rgba }: Picture): Buffer {
  const rowSize = size * 4;
  const rows = Buffer.alloc((rowSize + 1) * size);
  for (let y = 0; y < size; y++)
    rows.set(rgba.subarray(y * rowSize, (y + 1) * rowSize), y * (rowSize + 1) + 1);
  return rows;
}

function chunk(type: string, content: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(typed.length + 8);
  frame.writeUInt32BE(content.length, 0);
  frame.set(typed, 4);
  frame.writeUInt32BE(crc32(typed), typed.length + 4);
  return frame;
}

import { writePng, type Picture } from './png.ts';

const HEADER_SIZE = 6;
const ENTRY_SIZE = 16;
const TYPE_ICON = 1;
const PLANES = 1;
const BITS_PER_PIXEL = 32;

/** A Windows icon of several sizes, each kept as PNG, which Windows reads since Vista. */
export function writeIco(pictures: readonly Picture[]): Buffer {
  const header = Buffer.alloc(HEADER_SIZE + pictures.length * ENTRY_SIZE);
  header.writeUInt16LE(TYPE_ICON, 2);
  header.writeUInt16LE(pictures.length, 4);
  const images = pictures.map(writePng);
  let imageAt = header.length;
  pictures.forEach(({ size }, i) => {
    const entryAt = HEADER_SIZE + i * ENTRY_SIZE;
    const imageSize = images[i]?.length ?? 0;
    header.set([size % 256, size % 256], entryAt); // 0 stands for 256
    header.writeUInt16LE(PLANES, entryAt + 4);
    header.writeUInt16LE(BITS_PER_PIXEL, entryAt + 6);
    header.writeUInt32LE(imageSize, entryAt + 8);
    header.writeUInt32LE(imageAt, entryAt + 12);
    imageAt += imageSize;
  });
  return Buffer.concat([header, ...images]);
}

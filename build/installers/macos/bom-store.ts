/**
 * The container of a bill of materials: numbered blocks, some of which are also found by name. A header says where the table of
 * blocks and the table of names are. Every number is big-endian; block 0 is the null block.
 */
const MAGIC = 'BOMStore';
const VERSION = 1;
const HEADER_SIZE = 512;
/** An empty free list: how many entries follow, and as many pairs of zeros. */
const FREE_LIST = uint32s(2, 0, 0, 0, 0);

export class BomStore {
  readonly #blocks: Uint8Array[] = [];
  readonly #names: { name: string; block: number }[] = [];

  /** Number that the next block will get, for blocks that point at each other. */
  get nextBlock(): number {
    return this.#blocks.length + 1;
  }

  addBlock(content: Uint8Array): number {
    return this.#blocks.push(content);
  }

  addNamedBlock(name: string, content: Uint8Array): void {
    this.#names.push({ name, block: this.addBlock(content) });
  }

  toBuffer(): Buffer {
    const body = Buffer.concat(this.#blocks);
    const names = this.#nameTable();
    const index = this.#blockTable();
    const namesAt = HEADER_SIZE + body.length;
    const header = Buffer.alloc(HEADER_SIZE);
    header.write(MAGIC);
    header.set(
      uint32s(VERSION, this.#blocks.length, namesAt + names.length, index.length, namesAt, names.length),
      MAGIC.length,
    );
    return Buffer.concat([header, body, names, index]);
  }

  #nameTable(): Buffer {
    const rows = this.#names.map(({ name, block }) =>
      Buffer.concat([uint32s(block), Uint8Array.of(name.length), Buffer.from(name)]),
    );
    return Buffer.concat([uint32s(rows.length), ...rows]);
  }

  #blockTable(): Buffer {
    const pointers = [0, 0];
    let at = HEADER_SIZE;
    for (const block of this.#blocks) {
      pointers.push(at, block.length);
      at += block.length;
    }
    return Buffer.concat([uint32s(this.#blocks.length + 1, ...pointers), FREE_LIST]);
  }
}

export function uint32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, 4 * i));
  return bytes;
}

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { makePrivateDir } from '../../lib/make-private-dir.ts';

const DRAFT = 'draft.json';

/** The folder of TUF metadata as agents fetch it, and the draft of what comes next. */
export class MetadataFiles {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Undefined when there is none of this name. */
  read(name: string): Buffer | undefined {
    const path = join(this.dir, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  write(name: string, content: Uint8Array): void {
    makePrivateDir(this.dir);
    writeFileAtomic(join(this.dir, name), content, { mode: 0o600 });
  }

  /** The number of the newest root metadata, 0 when there is none. */
  latestRoot(): number {
    if (!existsSync(this.dir)) return 0;
    const numbers = readdirSync(this.dir).map((name) => Number(/^(\d+)\.root\.json$/.exec(name)?.[1] ?? 0));
    return Math.max(0, ...numbers);
  }

  readDraft(): string | undefined {
    return this.read(DRAFT)?.toString();
  }

  writeDraft(draft: object): void {
    this.write(DRAFT, Buffer.from(JSON.stringify(draft)));
  }

  removeDraft(): void {
    rmSync(join(this.dir, DRAFT), { force: true });
  }
}

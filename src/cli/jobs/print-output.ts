import type { Writable } from 'node:stream';
import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { Console } from '../console.ts';
import { visibleText } from '../format/visible-text.ts';

/** Puts the job's output where the program would have put it: stdout on stdout, stderr on stderr. */
export function printOutput({ stdout, stderr }: Console, job: JobView): void {
  write(stdout, job.stdout);
  write(stderr, job.stderr);
}

function write(stream: Writable & { isTTY?: boolean }, text = ''): void {
  if (text === '') return;
  // A file or pipe gets what the program wrote; a terminal must not be steered by it.
  const shown = stream.isTTY === true ? visibleText(text) : text;
  stream.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

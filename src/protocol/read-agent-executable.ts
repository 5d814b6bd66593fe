import { open } from 'node:fs/promises';
import { AppError } from '../lib/errors.ts';
import { examineExecutable } from '../lib/examine-executable.ts';
import { ReleaseMarkFinder } from './release-mark.ts';
import type { ReleaseTarget } from './schemas/releases.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Which version for which platform a file is, by what is in it. `name` is what people call the file.
 * @throws AppError RELEASE_INVALID for what is cut off, made for another machine than it says, or no agent at all
 */
export async function readAgentExecutable(path: string, name: string): Promise<ReleaseTarget> {
  await using file = await open(path);
  const finding = await examineExecutable(file);
  if ('defect' in finding) throw invalid(name, finding.defect);
  const mark = await findMark(
    file.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, autoClose: false }),
  );
  if (mark === undefined) throw invalid(name, 'it is not a packed commander-agent');
  const { machine } = finding;
  if (mark.platform === machine) return mark;
  throw invalid(name, `it calls itself an agent for ${mark.platform}, but its code is for ${machine}`);
}

async function findMark(content: AsyncIterable<Buffer>): Promise<ReleaseTarget | undefined> {
  const finder = new ReleaseMarkFinder();
  for await (const chunk of content) finder.add(chunk);
  return finder.found;
}

function invalid(name: string, reason: string): AppError {
  return new AppError('RELEASE_INVALID', `Cannot publish "${name}": ${reason}`);
}

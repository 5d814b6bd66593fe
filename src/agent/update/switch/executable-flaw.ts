import { open } from 'node:fs/promises';
import { systemErrorCode } from '../../../lib/errors.ts';
import { examineExecutable } from '../../../lib/examine-executable.ts';

/**
 * Why a file that was a version's executable cannot be started any more, one sentence. Of what was cut off the system starts what is
 * left; the rest it finds out by itself.
 */
export async function executableFlaw(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const finding = await examineExecutable(file);
    const isCutOff = 'defect' in finding && finding.kind === 'cut-off';
    return isCutOff ? `Its executable is damaged: ${finding.defect}` : undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    return code === 'ENOENT' ? 'Its executable is not there' : `Its executable cannot be read: ${code}`;
  }
}

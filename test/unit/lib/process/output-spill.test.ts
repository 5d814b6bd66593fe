import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { OutputSpill } from '../../../../src/lib/process/output-spill.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { fixtureProgram } from '../../../support/fixture-program.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

function spill(
  program: string,
  ...args: string[]
): { child: ChildProcess; output: OutputSpill; dir: string } {
  const dir = makeTempDir(onEnd);
  const child = spawn(process.execPath, [fixtureProgram(program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onEnd(() => child.kill('SIGKILL'));
  const output = new OutputSpill(child, {
    stdoutPath: join(dir, 'stdout'),
    stderrPath: join(dir, 'stderr'),
    outputCapBytes: 1024,
    clock: systemClock,
  });
  return { child, output, dir };
}

test('both streams end up in their files, with what was written counted', async () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const { output, dir } = spill('writes.mjs', base64('to out'), base64('to err!'));
  await output.closed;
  await expect(output.finish()).resolves.toEqual({ stdoutBytes: 6, stderrBytes: 7 });
  expect(readFileSync(join(dir, 'stdout'), 'utf8')).toBe('to out');
  expect(readFileSync(join(dir, 'stderr'), 'utf8')).toBe('to err!');
});

test('it knows when something was written last', async () => {
  const { output } = spill('ticks.mjs');
  const begun = output.lastAt;
  const first = await waitFor(() => output.lastAt > begun && output.lastAt, { what: 'output' });
  await waitFor(() => output.lastAt > first, { what: 'more output' });
  await output.finish();
});

test('it lets go of pipes that nobody closes', async () => {
  const { output } = spill('ticks.mjs');
  const begun = output.lastAt;
  await waitFor(() => output.lastAt > begun, { what: 'output' });
  const { stdoutBytes } = await output.finish();
  expect(stdoutBytes).toBeGreaterThan(0);
  await output.closed;
});

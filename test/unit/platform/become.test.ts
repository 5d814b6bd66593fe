import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { describeOnPosix } from '../../support/on-posix.ts';

const source = pathToFileURL(join(process.cwd(), 'src/platform/become.ts')).href;

/** Runs in a process of its own, which is what it takes the place of. */
function become(os: string, path: string): { lines: string[]; status: number | null; pid: number } {
  const script = `
    import { becomeOn } from ${JSON.stringify(source)};
    const image = { path: ${JSON.stringify(path)}, args: ['-c', 'echo $$ $MARK; exit 5'], environment: { MARK: 'here' } };
    const code = await becomeOn(${JSON.stringify(os)})(image, async (pid) => console.log('pid', pid)).catch((error) => error.code);
    console.log('went on with', code);`;
  const node = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]);
  return { lines: node.stdout.toString().trim().split('\n'), status: node.status, pid: node.pid };
}

describeOnPosix('To go on as another program', () => {
  test('a process becomes it, with its process ID', () => {
    const { lines, status, pid } = become('linux', '/bin/sh');
    expect([lines, status]).toEqual([[`pid ${pid}`, `${pid} here`], 5]);
  });

  test('a Windows process waits for it, and has its exit code', () => {
    const { lines } = become('win32', '/bin/sh');
    const child = lines.find((line) => line.startsWith('pid'))?.slice(4) ?? '';
    expect([...lines].sort()).toEqual([`pid ${child}`, `${child} here`, 'went on with 5'].sort());
  });

  test.each([
    ['linux', '/nowhere'],
    ['win32', '/nowhere'],
    ['win32', '/bin/sh/nowhere'],
  ])('on %s, one that cannot be started leaves everything as it was: %s', (os, path) => {
    expect(become(os, path).lines.at(-1)).toBe('went on with SPAWN_FAILED');
  });
});

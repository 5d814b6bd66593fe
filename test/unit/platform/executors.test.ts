import { describe, expect, test } from '@jest/globals';
import { executorOn } from '../../../src/platform/executors.ts';

const OSES = ['linux', 'darwin', 'win32'] as const;
const DIRECT = { programs: [], args: [] };

function everywhere(name: string): unknown[] {
  return OSES.map((os) => executorOn(os, name));
}

test('"binary" is the file itself', () => {
  expect(everywhere('binary')).toEqual([DIRECT, DIRECT, DIRECT]);
});

test('"cmd" is there on Windows only', () => {
  expect(everywhere('cmd')).toEqual([undefined, undefined, DIRECT]);
});

test('"python" is looked for under the names it has', () => {
  expect(everywhere('python')).toMatchObject([
    { programs: ['python3', 'python'] },
    { programs: ['python3', 'python'] },
    { programs: ['python', 'py', 'python3'] },
  ]);
});

test('"powershell" reads no profile and asks nobody', () => {
  const args = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];
  expect(everywhere('powershell')).toEqual([
    { programs: ['pwsh'], args },
    { programs: ['pwsh'], args },
    { programs: ['powershell', 'pwsh'], args },
  ]);
});

describe('any other name', () => {
  test.each(['bash', 'sh', 'perl', 'ruby3.2', 'g++', 'node'])('%j is a program of that name', (name) => {
    expect(executorOn('linux', name)).toEqual({ programs: [name], args: [] });
  });

  test.each(['/bin/sh', '../sh', 'a\\b', 'C:x', '-c', '', 'a b', 'constructor/x', '.'])(
    '%j is none: it could be any file of the host',
    (name) => {
      expect(everywhere(name)).toEqual([undefined, undefined, undefined]);
    },
  );

  test('names of what every object has are nothing special', () => {
    expect(executorOn('linux', 'constructor')).toEqual({ programs: ['constructor'], args: [] });
  });
});

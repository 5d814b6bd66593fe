import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { printNote, printResult, systemConsole } from '../../../src/cli/console.ts';
import { captureConsole } from '../../support/run-commander.ts';

describe('a result', () => {
  test('is text on stdout, with a line end', () => {
    const { console, stdout, stderr } = captureConsole();
    printResult(console, { id: 1 }, 'one');
    expect([stdout(), stderr()]).toEqual(['one\n', '']);
  });

  test('is one JSON document with --json', () => {
    const { console, stdout } = captureConsole();
    printResult({ ...console, json: true }, { id: 1 }, 'one');
    expect(JSON.parse(stdout())).toEqual({ id: 1 });
  });

  test('without text prints no line', () => {
    const { console, stdout } = captureConsole();
    printResult(console, {}, '');
    expect(stdout()).toBe('');
  });
});

test('a note goes to stderr', () => {
  const { console, stdout, stderr } = captureConsole();
  printNote(console, 'working');
  expect([stdout(), stderr()]).toEqual(['', 'working\n']);
});

describe("this process's console", () => {
  function fakeProcess(env: NodeJS.ProcessEnv, isTTY: boolean): NodeJS.Process {
    const stream = () => Object.assign(new Writable(), isTTY ? { isTTY, columns: 132 } : {});
    return { stdin: stream(), stdout: stream(), stderr: stream(), env } as unknown as NodeJS.Process;
  }

  test('asks and colours on a terminal', () => {
    expect(systemConsole(fakeProcess({}, true))).toMatchObject({ isTTY: true, color: true, columns: 132 });
  });

  test('has no colour when NO_COLOR is set', () => {
    expect(systemConsole(fakeProcess({ NO_COLOR: '1' }, true)).color).toBe(false);
  });

  test('asks nothing in a pipe', () => {
    const { isTTY, color, columns } = systemConsole(fakeProcess({}, false));
    expect([isTTY, color]).not.toContain(true);
    expect(columns).toBe(80);
  });

  test('survives a reader that closes early or is not there, and nothing else', () => {
    const { stdout } = systemConsole(fakeProcess({}, false));
    for (const code of ['EPIPE', 'EBADF'])
      expect(() => stdout.emit('error', Object.assign(new Error('no reader'), { code }))).not.toThrow();
    expect(() => stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }))).toThrow('full');
  });
});

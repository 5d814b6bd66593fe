import { describe, expect, test } from '@jest/globals';
import { command, group, program } from '../../../src/cli/command.ts';
import { printResult, type Console } from '../../../src/cli/console.ts';
import { walkCommands } from '../../../src/cli/program.ts';
import { AppError } from '../../../src/lib/errors.ts';
import { runCaptured } from '../../support/run-commander.ts';

const refused = new AppError('SERVER_REFUSED', 'Cannot list', { cause: new Error('the server is closed') });

function tool(act: () => unknown = () => undefined) {
  return (console: Console) =>
    program('tool', {
      summary: 'A tool',
      version: '1',
      examples: ['tool jobs list'],
      commands: [
        group('jobs', 'Jobs', [
          command('list', { summary: 'List', examples: ['tool jobs list'] })
            .argument('[words...]')
            .option('--limit <n>', 'limit')
            .action(async (words: string[]) => {
              await act();
              printResult(console, { words }, words.join(' '));
            }),
        ]),
      ],
    });
}

test('an action that returns ends with exit code 0', async () => {
  expect(await runCaptured(tool(), ['jobs', 'list', 'a'])).toEqual({ code: 0, stdout: 'a\n', stderr: '' });
});

describe('an action that throws', () => {
  test('is one sentence with its causes on stderr, and the exit code of the table', async () => {
    const run = await runCaptured(
      tool(() => Promise.reject(refused)),
      ['jobs', 'list'],
    );
    expect(run).toEqual({ code: 5, stdout: '', stderr: 'tool: Cannot list: the server is closed\n' });
  });

  test('is a JSON document on stderr with --json', async () => {
    const run = await runCaptured(
      tool(() => Promise.reject(refused)),
      ['jobs', 'list', '--json'],
    );
    const error = { code: 'SERVER_REFUSED', message: 'Cannot list: the server is closed' };
    expect({ ...run, stderr: JSON.parse(run.stderr) as unknown }).toEqual({
      code: 5,
      stdout: '',
      stderr: { error },
    });
  });

  test('is followed by a hint where there is one way out', async () => {
    const error = new AppError('NOT_LOGGED_IN', 'You are not logged in');
    const { stderr } = await runCaptured(
      tool(() => Promise.reject(error)),
      ['jobs', 'list'],
    );
    expect(stderr).toBe('tool: You are not logged in\nLog in with: commander login --server URL\n');
  });

  test('by a defect of ours ends with exit code 1', async () => {
    const run = await runCaptured(
      tool(() => Promise.reject(new TypeError('x is undefined'))),
      ['jobs', 'list', '--json'],
    );
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stderr)).toEqual({ error: { code: 'INTERNAL', message: 'x is undefined' } });
  });
});

describe('a wrong command line ends with exit code 2 and', () => {
  test.each([
    ['suggests the closest command', ['job'], 'Unknown command "job"\nDid you mean jobs?'],
    [
      'suggests the closest option',
      ['jobs', 'list', '--limits'],
      'Unknown option "--limits"\nDid you mean --limit?',
    ],
    ['points to the help of the program', ['xyz'], 'Unknown command "xyz"\nSee "tool --help"'],
    [
      'points to the help of the command',
      ['jobs', 'list', '--limit'],
      'Option "--limit <n>" argument missing\nSee "tool jobs list --help"',
    ],
  ])('%s', async (_what, argv, sentences) => {
    expect(await runCaptured(tool(), argv)).toEqual({ code: 2, stdout: '', stderr: `tool: ${sentences}\n` });
  });

  test('is a JSON document with --json', async () => {
    const { code, stderr } = await runCaptured(tool(), ['job', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'USAGE', message: 'Unknown command "job"' } });
  });

  test.each([[[]], [['jobs']]])('shows the help on stderr when the verb is missing: %j', async (argv) => {
    const { code, stdout, stderr } = await runCaptured(tool(), argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: tool/);
  });
});

test('--json after -- belongs to the words', async () => {
  const { stdout } = await runCaptured(tool(), ['jobs', 'list', '--', '--json']);
  expect(stdout).toBe('--json\n');
});

test('the walk visits a command and everything below it', () => {
  const { console } = { console: {} as Console };
  const names = [...walkCommands(tool()(console))].map((each) => each.name());
  expect(names).toEqual(['tool', 'jobs', 'list']);
});

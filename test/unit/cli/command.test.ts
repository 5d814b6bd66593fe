import { expect, test } from '@jest/globals';
import { command, group, program } from '../../../src/cli/command.ts';
import { runCaptured } from '../../support/run-commander.ts';

const build = () =>
  program('tool', {
    summary: 'A tool',
    version: '1.2.3',
    examples: ['tool things list'],
    commands: [
      group('things', 'Things', [
        command('list', {
          summary: 'List them',
          details: 'All of them.',
          examples: ['tool things list', 'tool x'],
        }),
        command('add', { summary: 'Add one', examples: ['tool things add'] }),
      ]),
    ],
  });

test('the help of a command ends with its examples', async () => {
  const { code, stdout } = await runCaptured(build, ['things', 'list', '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/List them\n\nAll of them\./);
  expect(stdout).toMatch(/Examples:\n {2}\$ tool things list\n {2}\$ tool x\n\n?$/);
});

test('the help of a noun shows the first example of each of its verbs', async () => {
  const { stdout } = await runCaptured(build, ['things', '--help']);
  expect(stdout).toMatch(/Examples:\n {2}\$ tool things list\n {2}\$ tool things add\n/);
});

test('every command takes --json', async () => {
  const { stdout } = await runCaptured(build, ['things', 'add', '--help']);
  expect(stdout).toContain('--json');
});

test.each([['-V'], ['--version']])('%s shows the version', async (flag) => {
  expect(await runCaptured(build, [flag])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
});

test('"help things" is the help of things', async () => {
  const asked = await runCaptured(build, ['help', 'things']);
  expect(asked).toEqual(await runCaptured(build, ['things', '--help']));
});

import { Command } from 'commander';
import { expect, test } from '@jest/globals';
import { roleOption } from '../../../../src/cli/releases/role-option.ts';

function parse(...argv: string[]): unknown {
  const command = new Command().exitOverride().configureOutput({ outputError: () => undefined });
  return command
    .addOption(roleOption(['root', 'targets'], 'whose key'))
    .parse(argv, { from: 'user' })
    .opts();
}

test('roles gather', () => {
  expect(parse('--role', 'targets', '--role', 'root')).toEqual({ role: ['targets', 'root'] });
});

test.each([
  [['--role', 'timestamp'], 'It must be root, or targets.'],
  [[], "required option '--role <role>' not specified"],
])('%j is refused', (argv, reason) => {
  expect(() => parse(...argv)).toThrow(reason);
});

import { expect, test } from '@jest/globals';
import { runTool } from '../../../build/installers/run-tool.ts';
import { describeWith } from '../support/describe-with.ts';

const ENV = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };

describeWith(['ansible-lint'], 'the Ansible role', () => {
  test('has nothing for the strictest profile of ansible-lint to find', () => {
    const args = ['--offline', '--nocolor', '--profile', 'production'];
    expect(() => runTool('ansible-lint', args, { cwd: 'installers/ansible', env: ENV })).not.toThrow();
  });
});

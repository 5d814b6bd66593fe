import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { powershellOneLiner, shellOneLiner } from '../../../../src/cli/installers/one-liners.ts';

const facts = { url: 'https://host:8443/install', script: 'true\n', token: 'cmdr1.abc-_.def' };
const hash = createHash('sha256').update(facts.script).digest('hex');

describe.each([
  ['sh', shellOneLiner],
  ['PowerShell', powershellOneLiner],
])('the line for %s', (_shell, make) => {
  test('is one line of ASCII with address, hash and token in it', () => {
    const line = make(facts);
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    for (const part of [facts.url, hash, facts.token]) expect(line).toContain(part);
  });

  test('compares before it runs anything', () => {
    const line = make(facts);
    expect(line.indexOf(hash)).toBeLessThan(line.indexOf(facts.token));
  });
});

test('the token is no argument of what sh starts, where other users could read it', () => {
  expect(shellOneLiner(facts)).toMatch(/\{ echo COMMANDER_AGENT_TOKEN=cmdr1\.abc-_\.def; .*\} \| sudo sh;/);
});

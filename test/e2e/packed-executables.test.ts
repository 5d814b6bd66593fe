import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXECUTABLES, executablePath, hostTarget } from '../../build/targets.ts';
import { readAgentExecutable } from '../../src/protocol/read-agent-executable.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

describe.each(EXECUTABLES)('%s, packed', (name) => {
  const path = resolve(executablePath(name, hostTarget()));
  let emptyDir: string;
  beforeAll(() => void (emptyDir = mkdtempSync(join(tmpdir(), 'packed-'))));
  afterAll(() => rmSync(emptyDir, { recursive: true }));

  test('says its version and nothing else, not even a warning of its runtime', () => {
    const { status, stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8', cwd: emptyDir });

    expect({ status, stdout: stdout.trim(), stderr }).toEqual({ status: 0, stdout: version, stderr: '' });
  });

  test('runs alone, away from the tree that it was made of', () => {
    const alonePath = join(emptyDir, 'alone.exe');
    cpSync(path, alonePath);

    expect(execFileSync(alonePath, ['--help'], { encoding: 'utf8', cwd: emptyDir })).toContain(name);
  });

  test('takes no orders from NODE_OPTIONS', () => {
    const env = { ...process.env, NODE_OPTIONS: '--require=./somebody-elses-code.js' };

    const { status, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8', cwd: emptyDir, env });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('carries no path of the machine that packed it', () => {
    for (const path of globSync(`dist/bundle/${name}.*cjs`))
      expect(readFileSync(path, 'utf8')).not.toContain(process.cwd());
  });
});

test('a packed agent can be published: it says which version it is and for what; the server is no agent', async () => {
  const [agent, server] = EXECUTABLES.map((name) => resolve(executablePath(name, hostTarget())));
  const about = await readAgentExecutable(agent ?? '', 'agent');
  expect(about).toEqual({ version, platform: hostTarget() });
  await expect(readAgentExecutable(server ?? '', 'server')).rejects.toMatchObject({
    code: 'RELEASE_INVALID',
  });
});

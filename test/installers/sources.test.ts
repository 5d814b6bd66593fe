import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { runTool } from '../../build/installers/run-tool.ts';
import { fillTemplate } from '../../build/installers/template.ts';
import { describeWith } from './support/describe-with.ts';

const SCRIPTS = globSync('installers/**/*').filter((path) => isShellScript(path));
const XML = globSync('installers/**/*.{admx,adml,plist,mobileconfig,wxs}');

describeWith(['shellcheck'], 'every shell script of an installer', () => {
  test.each(SCRIPTS)('%s: shellcheck finds nothing', (path) => {
    // 1091: debconf's library is on machines that the script runs on, not on this one.
    expect(() => runTool('shellcheck', ['--exclude=1091', path])).not.toThrow();
  });

  test('is found by this test', () => {
    expect(SCRIPTS).toEqual(
      expect.arrayContaining(['installers/deb/postinst', 'installers/one-line/install.sh']),
    );
  });
});

describeWith(['xmllint'], 'every description in XML', () => {
  test.each(XML)('%s is well-formed', (path) => {
    expect(() => runTool('xmllint', ['--noout', path])).not.toThrow();
  });
});

describe('the policy template', () => {
  const admx = readFileSync('installers/gpo/commander-agent.admx', 'utf8');
  const adml = readFileSync('installers/gpo/en-US/commander-agent.adml', 'utf8');

  test('has a text for each one that it names, and names each one that it has', () => {
    for (const kind of ['string', 'presentation'] as const) {
      const named = new Set(captures(admx, new RegExp(String.raw`\$\(${kind}\.(\w+)\)`, 'g')));
      expect([...named].sort()).toEqual(captures(adml, new RegExp(`<${kind} id="(\\w+)"`, 'g')).sort());
    }
  });

  test('has an input for each of its values', () => {
    expect(captures(adml, /refId="(\w+)"/g)).toEqual(captures(admx, /<text id="(\w+)"/g));
  });
});

describe('a template', () => {
  const values = {
    SERVER_URL: 'https://server.example:8443',
    FINGERPRINT: 'ab'.repeat(32),
    VERSION: '1.2.3',
    PACKAGES: 'hash  name',
  };

  test.each(['install.sh', 'install.ps1'])(
    'of a one-line installer, %s, is filled wherever it asks',
    (name) => {
      const filled = fillTemplate(`installers/one-line/${name}`, values);
      expect(filled).toContain(`'${values.SERVER_URL}'`);
      expect(filled).toContain(`'${values.PACKAGES}'`);
      expect(filled).not.toMatch(/@[A-Z_]+@/);
    },
  );

  test('that asks for something else is refused', () => {
    expect(() => fillTemplate('installers/one-line/install.sh', {})).toThrow(
      '"installers/one-line/install.sh" wants @SERVER_URL@, for which there is no value',
    );
  });
});

function isShellScript(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').startsWith('#!/bin/sh');
  } catch {
    return false; // a folder
  }
}

function captures(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name ?? '');
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../../build/bundle.ts';
import { packAgent } from '../../support/pack-agent.ts';
import { packedPath } from '../../support/packed.ts';

/** What every endpoint begins with: the packed executable of this tree. */
export const INSTALLED = packageVersion();
/** The same, under a newer number. */
export const GOOD = '99.1.0';
/** Works until it is told what to do wrong. */
export const BAD = '99.2.0';

/** What is wrong with `BAD` at an endpoint; read from its environment, so that one packed file does for all. */
export type Misbehaviour = keyof typeof MISBEHAVIOURS;

/** Each is done by the agent that runs, after it has shown in its preflight that it works; but for the first ones. */
const MISBEHAVIOURS = {
  'crashes in its preflight': `if (isPreflight) process.kill(process.pid, 'SIGKILL');`,
  'hangs in its preflight': `if (isPreflight) for (;;);`,
  'cannot read the state in its preflight': `if (isPreflight) breakStore();`,
  'crashes at once': `if (isAgent) process.kill(process.pid, 'SIGKILL');`,
  'fails at once': `if (isAgent) process.exit(3);`,
  'crashes after 3 s': `if (isAgent) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3_000);`,
  'crashes after 60 s': `if (isAgent) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 60_000);`,
  'hangs at once': `if (isAgent) for (;;);`,
  'hangs after 3 s': `if (isAgent) setTimeout(() => { for (;;); }, 3_000);`,
  'cannot check in': `if (isAgent) breakNetwork();`,
  'cannot read the state': `if (isAgent) breakStore();`,
} as const;

const VARIABLE = 'FAULT_OF_THE_NEW_VERSION';

export function misbehaving(how: Misbehaviour): Record<string, string> {
  return { [VARIABLE]: how };
}

/** Put before all that the agent is made of. */
const PRELUDE = `{
  const isPreflight = process.argv.includes('preflight');
  const isAgent = process.argv.includes('run') && !process.argv.includes('internal');
  const breakNetwork = () => {
    require('node:net').Socket.prototype.connect = function () {
      setImmediate(() => this.destroy(new Error('This version cannot connect')));
      return this;
    };
  };
  const breakStore = () => {
    require('node:sqlite').DatabaseSync = class {
      constructor() { throw new Error('This version cannot read'); }
    };
  };
  switch (process.env.${VARIABLE}) {
    ${Object.entries(MISBEHAVIOURS)
      .map(([name, code]) => `case ${JSON.stringify(name)}: ${code} break;`)
      .join('\n    ')}
  }
}
`;

/** Paths of all of them by version; two are packed for it, in some ten seconds. Whoever asked removes the folder that these are in. */
export async function packVersions(): Promise<{ dir: string; paths: Readonly<Record<string, string>> }> {
  const dir = mkdtempSync(join(tmpdir(), 'commander-versions-'));
  const [good, bad] = [join(dir, 'good'), join(dir, 'bad')];
  try {
    await packAgent({ version: GOOD, outPath: good });
    await packAgent({ version: BAD, outPath: bad, change: (source) => PRELUDE + source });
    return { dir, paths: { [INSTALLED]: packedPath('commander-agent'), [GOOD]: good, [BAD]: bad } };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

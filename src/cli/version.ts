import { COMMIT, VERSION } from '../lib/build-info.ts';
import { command, type DocumentedCommand } from './command.ts';
import { printResult, type Console } from './console.ts';

/** For either executable: what exactly is running. */
export function version(console: Console, program: string): DocumentedCommand {
  return command('version', {
    summary: 'Show version, commit and runtime',
    examples: [`${program} version`, `${program} version --json`],
  }).action(() => {
    const facts = { version: VERSION, commit: COMMIT, runtime: `node ${process.version}` };
    printResult(console, facts, `${program} ${VERSION} (commit ${COMMIT}, ${facts.runtime})`);
  });
}

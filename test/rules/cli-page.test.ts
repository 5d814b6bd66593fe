import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { commanderAgent } from '../../src/cli/commander-agent.ts';
import { commander } from '../../src/cli/commander.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { formatReference } from '../support/cli-reference.ts';
import { endpointActions } from '../support/run-commander-agent.ts';

const PAGE = 'docs/cli.md';
const [BEGIN, END] = ['<!-- reference -->\n', '<!-- end of reference -->'];

/** Only the tree is looked at. */
function never(): Promise<never> {
  return Promise.reject(new Error('Nothing is run here'));
}

const programs = [
  commander({
    os: 'linux',
    homeDir: '~',
    clock: systemClock,
    init: never,
    serve: never,
    untilInterrupted: never,
  }),
  commanderAgent({ actions: endpointActions(), clock: systemClock }),
];

test('docs/cli.md lists every command of both executables as it is', () => {
  const reference = `\n${programs.map(formatReference).join('\n')}\n`;
  if (process.env['UPDATE_DOCS'] === '1')
    writeFileSync(PAGE, withReference(readFileSync(PAGE, 'utf8'), reference));
  const page = readFileSync(PAGE, 'utf8');
  expect(page).toBe(withReference(page, reference));
});

function withReference(page: string, reference: string): string {
  const [before = ''] = page.split(BEGIN);
  const [, after = ''] = page.split(END);
  return `${before}${BEGIN}${reference}${END}${after}`;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { agentDocs } from '../../../build/installers/docs/agent-docs.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { EXIT } from '../../../src/lib/exit-codes.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { EPOCH } from '../support/build-context.ts';
import { describeWith } from '../support/describe-with.ts';

const DOCS = agentDocs({ version: '1.2.3', epoch: EPOCH });

test.each(['bash', 'zsh', 'fish'] as const)(
  'the completion for %s knows the commands of the agent',
  (shell) => {
    for (const word of ['enroll', 'run', 'status', 'token']) expect(DOCS[shell]).toContain(word);
  },
);

describeWith(['man'], 'the man page', () => {
  const onEnd = useCleanup();

  function render(): { text: string; warnings: string } {
    const path = join(makeTempDir(onEnd), 'commander-agent.8');
    writeFileSync(path, DOCS.manPage);
    const env = { ...process.env, MANWIDTH: '200', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: '' };
    const script = 'man --warnings --local-file "$1" 2>"$1.warnings" | col -b; cat "$1.warnings" >&2';
    const text = runTool('sh', ['-c', script, 'sh', path], { env });
    return { text, warnings: runTool('cat', [`${path}.warnings`]) };
  }

  test('is set without a warning', () => {
    expect(render().warnings).toBe('');
  });

  test('names version, commands, options, files and exit codes', () => {
    const { text } = render();
    for (const part of [
      'commander-agent 1.2.3',
      'commander-agent enroll [options]',
      '--ca-fingerprint <hex>',
    ])
      expect(text).toContain(part);
    expect(text).toContain('/etc/commander-agent/config.json');
    for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`^ +${code} +\\S`, 'm'));
  });
});

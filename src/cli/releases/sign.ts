import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError } from '../../lib/errors.ts';
import type { Draft } from '../../protocol/release-signing.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult, type Console } from '../console.ts';
import { formatTable } from '../format/table.ts';
import { collect } from '../input/option-values.ts';
import { readRequest, type Request } from './request-file.ts';
import { signedPath, writeRequest } from './settle-change.ts';

interface SignOptions {
  key: string[];
  out?: string;
}

/** Needs no server: for the machine that has the keys, which may have no network at all. */
export function releasesSign(console: Console): DocumentedCommand {
  return command('sign', {
    summary: 'Sign releases or keys with a key that is kept away from the server; needs no server',
    details:
      'Says what it signs: compare the hashes with those of your own build. The outcome goes back with "commander releases import".',
    examples: [
      'commander releases sign release-request.json --key targets.pem',
      'commander releases sign release-request.json --key /media/key/root.pem --key targets.pem --out signed.json',
    ],
  })
    .argument('<request>', 'file that "commander releases publish" or "keys rotate" wrote')
    .requiredOption('--key <file>', 'file of "commander releases keys export"; may be repeated', collect)
    .option('--out <file>', 'where it goes (default: beside the request, as .signed.json)')
    .action(async (path: string, { key: keyPaths, out = signedPath(path) }: SignOptions) => {
      // Only who signs needs this: it loads the TUF library.
      const { addSignature, publicKeyOf, readDraft, writeDraft } =
        await import('../../protocol/release-signing.ts');
      const { reviewDraft } = await import('./review-draft.ts');
      const request = readRequest(path);
      const draft = readDraft(request.draft);
      const reviewed = reviewDraft(draft);
      const keys = keyPaths.map((keyPath) => ({ keyPath, key: readKey(keyPath) }));
      for (const { keyPath, key } of keys) {
        const parts = partsFor(publicKeyOf(key).keyID, request);
        if (parts.length === 0) throw notNeeded(keyPath, request);
        for (const part of parts) addSignature(draft[part] as NonNullable<Draft[typeof part]>, key);
      }
      for (const { title, headings, rows } of reviewed) {
        printNote(console, title);
        printNote(console, formatTable(headings, rows));
      }
      writeRequest(out, { draft: writeDraft(draft), needs: request.needs });
      if (console.json) printResult(console, { signed: out }, '');
      else printNote(console, `Signed. Next:  commander releases import ${out}`);
    });
}

function readKey(path: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(path));
  } catch (cause) {
    throw new AppError('PROGRAM_MISSING', `Cannot read a key from "${path}"`, { cause });
  }
}

function partsFor(keyID: string, { needs, draft }: Request): (keyof Draft)[] {
  const parts = ['root', 'targets'] as const;
  return parts.filter(
    (part) => draft[part] !== undefined && needs.some((need) => need.role === part && need.keyID === keyID),
  );
}

function notNeeded(path: string, { needs }: Request): AppError {
  const wanted = needs.map(({ role, keyID }) => `"${role}" ${keyID}`).join(', ');
  return new AppError(
    'RELEASE_UNSIGNED',
    `The key in "${path}" has nothing to sign there; needed: ${wanted}`,
  );
}

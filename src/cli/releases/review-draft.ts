import type { Metadata, Root, TargetFile, Targets } from '@tufjs/models';
import { AppError } from '../../lib/errors.ts';
import { validateReleaseNote, validateReleaseTarget } from '../../protocol/generated/releases.js';
import { blocksTargetPath, executableTargetPath } from '../../protocol/release-paths.ts';
import type { Draft } from '../../protocol/release-signing.ts';

/** A line for people, and a table of what it is about. */
export interface ReviewedPart {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * All that a signature would stand for, to be shown before it is made. The draft comes from a server that whoever signs need not
 * trust, so what cannot be shown is not signed.
 * @throws AppError RELEASE_UNTRUSTED
 */
export function reviewDraft({ root, targets }: Draft): ReviewedPart[] {
  return [
    ...(root === undefined ? [] : [reviewRoot(root)]),
    ...(targets === undefined ? [] : [reviewTargets(targets)]),
  ];
}

function reviewRoot({ signed }: Metadata<Root>): ReviewedPart {
  refuseUnknown('The root metadata', signed.unrecognizedFields);
  const { version, expires, roles } = signed;
  return {
    title: `Root metadata ${version}, good until ${expires}, with these keys:`,
    headings: ['role', 'signatures', 'key'],
    rows: Object.entries(roles).flatMap(([role, { keyIDs, threshold }]) =>
      keyIDs.map((keyID) => [role, `${threshold} of ${keyIDs.length}`, keyID]),
    ),
  };
}

function reviewTargets({ signed }: Metadata<Targets>): ReviewedPart {
  refuseUnknown('The list of releases', signed.unrecognizedFields);
  const { version, expires, targets, delegations } = signed;
  if (delegations !== undefined) throw untrusted('The list of releases gives others the right to publish');
  return {
    title: `Releases ${version}, good until ${expires}, all of them:`,
    headings: ['version', 'platform', 'sha-256'],
    rows: Object.entries(targets).flatMap(([path, target]) => reviewTarget(path, target, targets)),
  };
}

/** An executable is a row; the map of its blocks goes with it, and is checked against the executable by every agent. */
function reviewTarget(
  path: string,
  { custom, hashes }: TargetFile,
  targets: Readonly<Record<string, TargetFile>>,
): string[][] {
  const { sha256 } = hashes;
  if (sha256 !== undefined && validateReleaseNote(custom) && path === executableTargetPath(custom)) {
    return [[custom.version, custom.platform, sha256]];
  }
  const isBlockMap =
    validateReleaseTarget(custom) &&
    path === blocksTargetPath(custom) &&
    Object.hasOwn(targets, executableTargetPath(custom));
  if (!isBlockMap) throw untrusted(`The list of releases has "${path}", which is no release as it should be`);
  return [];
}

function refuseUnknown(what: string, fields: Readonly<Record<string, unknown>> | undefined): void {
  const names = Object.keys(fields ?? {}).filter((name) => name !== '_type'); // the library does not count it as its own
  if (names.length > 0) throw untrusted(`${what} has fields that nobody knows: "${names.join('", "')}"`);
}

function untrusted(what: string): AppError {
  return new AppError('RELEASE_UNTRUSTED', `${what}; do not sign this, and look who has been at the server`);
}

/**
 * Negative when `a` is older than `b`, by the rules of Semantic Versioning. Debian and RPM write a pre-release with a tilde
 * (`1.2.0~beta.1`); that is the same here.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  return (
    compareParts(left.release, right.release) ||
    // A release comes after all of its pre-releases.
    Number(right.preRelease !== undefined) - Number(left.preRelease !== undefined) ||
    compareParts(left.preRelease ?? [], right.preRelease ?? [])
  );
}

function split(version: string): { release: string[]; preRelease: string[] | undefined } {
  const [, release = '', preRelease] = /^([^-~+]*)(?:[-~]([^+]*))?/.exec(version) ?? [];
  return { release: release.split('.'), preRelease: preRelease?.split('.') };
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = comparePart(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by their value, and before all words. */
function comparePart(a: string, b: string): number {
  const [left, right] = [a, b].map((part) => (/^\d+$/.test(part) ? Number(part) : Infinity)) as [
    number,
    number,
  ];
  if (left !== right) return left < right ? -1 : 1;
  if (left !== Infinity || a === b) return 0;
  return a < b ? -1 : 1;
}

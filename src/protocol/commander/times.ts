/**
 * The original writes times in the protocol as seconds since the epoch with a `Z`: `1795333254.79452Z`. A `timeEnded` in any
 * other form is accepted by it, and then breaks that agent's history for ever, so nothing else may leave this code base.
 */
export function formatEpochTime(ms: number): string {
  return `${Math.trunc(ms / 1000)}.${String(Math.trunc(ms) % 1000).padStart(3, '0')}Z`;
}

/** Milliseconds since the epoch; undefined when the text is not in the original's form. */
export function parseEpochTime(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)Z$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]) * 1000;
}

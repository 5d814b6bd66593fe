/**
 * Text from an endpoint must not steer the admin's terminal: every control character but tab, line ends and the colour
 * sequences of ordinary programs becomes a visible mark.
 */
export function visibleText(text: string): string {
  return text.replace(CONTROL, (match) => (match.length > 1 ? match : String.fromCodePoint(markOf(match))));
}

const CONTROL = /\u001b\[[0-9;]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** The Unicode picture of a control character; C1 controls have none of their own. */
function markOf(control: string): number {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return 0x2421;
  return code < 0x20 ? 0x2400 + code : 0xfffd;
}

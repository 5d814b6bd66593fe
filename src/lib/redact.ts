const SECRET_KEYS = new Set([
  'authorization',
  'key',
  'newpassword',
  'password',
  'privatekey',
  'registrationkey',
  'token',
]);
const HIDDEN = '[redacted]';

/** A private key in PEM form, also one that was cut short; and our join tokens, also a mistyped one. */
const SECRET_TEXT =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|cmdr1\.[\w.-]*/g;

/** Whether a field of this name is a secret whatever it holds. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase());
}

/** The text without what must not be written down. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXT, HIDDEN);
}

/** As a replacer for JSON.stringify: every string is searched, secret fields are hidden. */
export function redactField(key: string, value: unknown): unknown {
  if (isSecretKey(key) && value !== undefined) return HIDDEN;
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  return value;
}

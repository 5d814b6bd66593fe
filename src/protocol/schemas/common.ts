import Type from 'typebox';

export const Text = Type.String();
export const OptionalText = Type.Optional(Type.String());
/** ISO 8601 in UTC: what our own additions to the API use. */
export const Instant = Type.String();

/** uuid4 from every server we know, but nothing depends on that. Also names a folder, hence the narrow alphabet. */
export const Identifier = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' });

/** A bare file name: never a path, never hidden control characters. Both ends refuse anything else. */
export const FileName = Type.String({ pattern: '^(?!\\.{1,2}$)[^/\\\\:\\u0000-\\u001f\\u007f]{1,255}$' });

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const Pem = Type.String({ pattern: '^\\s*-----BEGIN ', maxLength: 65536 });
export const ByteCount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const ExecutorName = Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]{1,255}$' });
export const Arguments = Type.Array(Type.String({ pattern: '^[^\\u0000]*$' }), { maxItems: 4096 });
export const TimeoutSeconds = Type.Integer({ minimum: 1, maximum: 31_536_000 });
/** Of an agent: three numbers, and what semantic versioning allows after them. Also names a folder. */
export const Version = Type.String({ pattern: '^\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,64})?$' });

import Type from 'typebox';
import { Text } from '../common.ts';

/** Errors as the original sends them, and its generic shape beside it. */
export const ErrorReply = Type.Partial(
  Type.Object({ error: Text, msg: Text, description: Text, code: Type.Union([Text, Type.Number()]) }),
);
export type ErrorReply = Type.Static<typeof ErrorReply>;

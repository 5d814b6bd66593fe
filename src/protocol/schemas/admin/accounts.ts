import Type from 'typebox';
import { Instant, Text } from '../common.ts';

export const Credentials = Type.Object({ username: Text, password: Text });
export type Credentials = Type.Static<typeof Credentials>;

export const PasswordChange = Type.Object({
  username: Text,
  password: Text,
  newPassword: Type.String({ minLength: 8, maxLength: 72 }),
});
export type PasswordChange = Type.Static<typeof PasswordChange>;

export const LoginReply = Type.Object({ token: Text });
export type LoginReply = Type.Static<typeof LoginReply>;

export const AccountList = Type.Object({
  accounts: Type.Array(Type.Object({ username: Text, createdAt: Instant })),
});
export type AccountList = Type.Static<typeof AccountList>;

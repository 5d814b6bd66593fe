import bcrypt from 'bcryptjs';
import { AppError } from '../../lib/errors.ts';

const ROUNDS = 10;
const MIN_CHARACTERS = 8;
/** bcrypt reads no further: a longer password would be weaker than it looks. */
const MAX_BYTES = 72;

/** @throws AppError MESSAGE_INVALID when the password is too short or longer than bcrypt reads */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < MIN_CHARACTERS || Buffer.byteLength(password) > MAX_BYTES) {
    throw new AppError(
      'MESSAGE_INVALID',
      `The password must have at least ${MIN_CHARACTERS} characters and at most ${MAX_BYTES} bytes`,
    );
  }
  return await bcrypt.hash(password, ROUNDS);
}

export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  return await bcrypt.compare(password, hash);
}

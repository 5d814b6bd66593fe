export interface Account {
  readonly username: string;
  /** bcrypt. */
  readonly passwordHash: string;
  readonly createdAt: number;
}

export interface AccountStore {
  /** @throws AppError ACCOUNT_EXISTS */
  add(account: Account): Promise<void>;
  get(username: string): Promise<Account | undefined>;
  list(): Promise<Account[]>;
  /** @throws AppError ACCOUNT_NOT_FOUND */
  setPasswordHash(username: string, passwordHash: string): Promise<void>;
  /** @throws AppError ACCOUNT_NOT_FOUND */
  remove(username: string): Promise<void>;
}

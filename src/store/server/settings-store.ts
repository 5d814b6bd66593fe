/** Single values that the server keeps: the registration key, the key that signs admin tokens. */
export interface SettingsStore {
  get(name: 'registrationKey' | 'tokenSecret'): Promise<string | undefined>;
  set(name: 'registrationKey' | 'tokenSecret', value: string): Promise<void>;
}

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../run-tool.ts';

const GPG = ['--batch', '--no-tty', '--quiet', '--pinentry-mode', 'loopback'];

/** A key that signs repositories, in a keyring of its own, so that whatever else is on this machine is neither used nor touched. */
export class GpgKey {
  readonly homeDir: string;
  readonly fingerprint: string;

  private constructor(homeDir: string) {
    this.homeDir = homeDir;
    this.fingerprint = fingerprintIn(homeDir);
  }

  /** From an armored private key without a passphrase, as CI systems keep it in a secret. */
  static import(armored: string): GpgKey {
    return GpgKey.#inNewHome((homeDir) => gpg(homeDir, ['--import'], armored));
  }

  /** For trying things out; it ends with `close`. */
  static generate(name: string): GpgKey {
    return GpgKey.#inNewHome((homeDir) =>
      gpg(homeDir, ['--passphrase', '', '--quick-generate-key', name, 'ed25519', 'sign', 'never']),
    );
  }

  static #inNewHome(fill: (homeDir: string) => void): GpgKey {
    const homeDir = mkdtempSync(join(tmpdir(), 'gpg-'));
    chmodSync(homeDir, 0o700);
    try {
      fill(homeDir);
      return new GpgKey(homeDir);
    } catch (error) {
      discard(homeDir);
      throw error;
    }
  }

  publicKey(): string {
    return gpg(this.homeDir, ['--armor', '--export', this.fingerprint]);
  }

  clearSign(text: string): string {
    return gpg(this.homeDir, ['--local-user', this.fingerprint, '--clearsign'], text);
  }

  detachSign(content: string | Uint8Array): string {
    return gpg(this.homeDir, ['--local-user', this.fingerprint, '--armor', '--detach-sign'], content);
  }

  close(): void {
    discard(this.homeDir);
  }
}

function gpg(homeDir: string, args: readonly string[], input?: string | Uint8Array): string {
  return runTool('gpg', ['--homedir', homeDir, ...GPG, ...args], input === undefined ? {} : { input });
}

function fingerprintIn(homeDir: string): string {
  const listing = gpg(homeDir, ['--with-colons', '--list-secret-keys']);
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1];
  if (fingerprint === undefined) throw new Error('Cannot sign repositories: the key given is no private key');
  return fingerprint;
}

/** gpg leaves an agent running for each keyring. */
function discard(homeDir: string): void {
  runTool('gpgconf', ['--homedir', homeDir, '--kill', 'all']);
  rmSync(homeDir, { recursive: true, force: true });
}

import { systemProgram } from '../win32-processes.ts';
import type { RunCommand } from './service-commands.ts';

const KEY = String.raw`HKLM\Software\Policies\Commander\Agent`;

/** How this machine is to join, as Group Policy says (installers/gpo). */
export interface JoinPolicy {
  readonly token?: string;
  readonly server?: string;
  readonly registrationKey?: string;
  readonly caFingerprint?: string;
}

const FIELDS = {
  Token: 'token',
  Server: 'server',
  RegistrationKey: 'registrationKey',
  CaFingerprint: 'caFingerprint',
} as const;

/** Undefined while no policy says anything of it. */
export async function readJoinPolicy(
  environment: NodeJS.ProcessEnv,
  run: RunCommand,
): Promise<JoinPolicy | undefined> {
  const { code, output } = await run(systemProgram(environment, 'reg.exe'), ['query', KEY]);
  return code === 0 ? parseJoinPolicy(output) : undefined;
}

export function parseJoinPolicy(output: string): JoinPolicy | undefined {
  const said = Object.entries(FIELDS).flatMap(([value, field]) => {
    const text = new RegExp(String.raw`^ +${value} +REG_SZ +(\S.*?)\s*$`, 'm').exec(output)?.[1];
    return text === undefined ? [] : [[field, text]];
  });
  return said.length === 0 ? undefined : (Object.fromEntries(said) as JoinPolicy);
}

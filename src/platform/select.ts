import { systemClock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { homeDir } from '../lib/home-dir.ts';
import { packedAsset, type Self } from '../lib/self.ts';
import type { AgentLink } from './agent-link.ts';
import { darwinPlatform } from './darwin.ts';
import { linuxPlatform } from './linux.ts';
import type { HostFacts, Platform } from './platform.ts';
import type { ServiceManager } from './service/service-manager.ts';
import type { Supervisor } from './service/supervisor.ts';
import type { JoinPolicy } from './service/windows-policy.ts';
import { win32Platform } from './win32.ts';
import { isWindowsAdmin } from './windows-admin.ts';

/** What a service has of whoever started it; it is told to end by a signal where there is no `stop`. */
export type ServiceLink = Pick<AgentLink, 'supervisor'> & Partial<Pick<AgentLink, 'stop'>>;

export interface ServicePlaces {
  readonly self: Pick<Self, 'executablePath'>;
  /** Makes the folder for native code, which nobody but administrators can write to. */
  readonly makeNativeDir: () => string;
  /** That of this process, but for tests. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * The platform that this process runs on.
 * @throws AppError UNSUPPORTED
 */
export function currentPlatform(environment: NodeJS.ProcessEnv = process.env): Platform {
  const host: HostFacts = {
    ...{ environment, homeDir: homeDir(), rootDir: '/' },
    get isAdmin() {
      return isAdmin();
    },
  };
  switch (process.platform) {
    case 'linux':
      return linuxPlatform(host);
    case 'darwin':
      return darwinPlatform(host);
    case 'win32':
      return win32Platform(host);
    default:
      throw new AppError('UNSUPPORTED', `Cannot run on "${process.platform}"; use Linux, macOS or Windows`);
  }
}

/** What has this system run the agent. Loaded by who asks only: an agent that runs has no need of it. */
export async function currentServiceManager(
  { executablePath, leadingArgs }: Self,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ServiceManager> {
  const { runCommand: run } = await import('./service/service-commands.ts');
  const host = { rootDir: '/', isAdmin: isAdmin(), run };
  if (process.platform === 'win32') {
    const { WindowsServices } = await import('./service/windows-services.ts');
    return new WindowsServices({ ...host, environment, clock: systemClock });
  }
  if (process.platform === 'darwin') {
    const { Launchd } = await import('./service/launchd.ts');
    return new Launchd(host);
  }
  const { isBootedBySystemd, Systemd } = await import('./service/systemd.ts');
  if (isBootedBySystemd(host.rootDir)) return new Systemd(host);
  const { NoServiceManager } = await import('./service/no-service-manager.ts');
  return new NoServiceManager([executablePath, ...leadingArgs]);
}

/** Who started this process and wants to know how it goes, by the customs of this system; undefined when nobody does. */
export async function currentSupervisor(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Supervisor | undefined> {
  if (process.platform !== 'linux' || !environment['NOTIFY_SOCKET']) return undefined;
  const { systemdSupervisor } = await import('./service/systemd-supervisor.ts');
  return await systemdSupervisor(environment, process.pid);
}

/**
 * Does `work` as a service of this system: on Windows by speaking to its service manager, who then is the one to say stop. Elsewhere
 * any process can be a service. Gives back the exit code that `work` does.
 */
export async function workAsService(
  work: (link: ServiceLink) => Promise<number>,
  { self: { executablePath }, makeNativeDir, environment = process.env }: ServicePlaces,
): Promise<number> {
  if (process.platform !== 'win32') return await work({ supervisor: await currentSupervisor(environment) });
  const [{ loadKoffi }, { bindServiceApi }, { runWindowsService }, { WINDOWS_SERVICE }] = await Promise.all([
    import('./service/koffi.ts'),
    import('./service/windows-service-api.ts'),
    import('./service/windows-service.ts'),
    import('./service/windows-services.ts'),
  ]);
  const koffi = loadKoffi({ executablePath, makeNativeDir, packedAsset });
  return await runWindowsService(work, bindServiceApi(koffi, WINDOWS_SERVICE));
}

/** How this machine is to join a server, as its administrators have set for all of theirs; undefined where nobody has. */
export async function currentJoinPolicy(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<JoinPolicy | undefined> {
  if (process.platform !== 'win32') return undefined;
  const { readJoinPolicy } = await import('./service/windows-policy.ts');
  const { runCommand } = await import('./service/service-commands.ts');
  return await readJoinPolicy(environment, runCommand);
}

function isAdmin(): boolean {
  return process.platform === 'win32' ? isWindowsAdmin() : process.getuid?.() === 0;
}

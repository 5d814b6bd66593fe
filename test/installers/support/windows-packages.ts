import { join } from 'node:path';
import { koffiForWindows } from '../../../build/installers/windows/koffi.ts';
import { buildMsi } from '../../../build/installers/windows/msi.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { executablePath } from '../../../build/targets.ts';
import { writeVersionResource } from '../../../build/version-resource.ts';
import { buildContext } from './build-context.ts';

/** The real agent for Windows, packed from the sources as they are. */
export function packWindowsAgent(): string {
  runTool(process.execPath, ['build/package.ts', '--target', 'win-x64', '--if-changed']);
  return executablePath('commander-agent', 'win-x64');
}

/** An MSI of the real agent under any version: Windows reads that from the executable's resources. Returns its path. */
export async function buildMsiOf(agentPath: string, version: string, dir: string): Promise<string> {
  const versionedPath = join(dir, `agent-${version}.exe`);
  writeVersionResource(agentPath, versionedPath, {
    version,
    productName: 'Commander',
    description: 'Commander endpoint agent',
    fileName: 'commander-agent.exe',
  });
  const order = { executablePath: versionedPath, koffiPath: await koffiForWindows(), signer: undefined };
  return buildMsi(order, buildContext(join(dir, `msi-${version}`), { version }));
}

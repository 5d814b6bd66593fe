import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runtimeFor } from '../../../build/runtimes.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { writeVersionResource } from '../../../build/version-resource.ts';

/** Packs the stand-in for the agent as a Windows executable of some version. Returns its path. */
export async function packWindowsAgent(version: string, dir: string): Promise<string> {
  const [basePath, versionPath, configPath, outPath] = [
    'base.exe',
    'version',
    'sea.json',
    `agent-${version}.exe`,
  ].map((name) => join(dir, name)) as [string, string, string, string];
  const about = {
    version,
    productName: 'Commander',
    description: 'A stand-in',
    fileName: 'commander-agent.exe',
  };
  writeVersionResource(await runtimeFor('win-x64', () => undefined), basePath, about);
  writeFileSync(versionPath, version);
  const config = {
    main: resolve('test/installers/fixtures/windows-agent.cjs'),
    executable: basePath,
    output: outPath,
    disableExperimentalSEAWarning: true,
    execArgvExtension: 'none',
    assets: { version: versionPath },
  };
  writeFileSync(configPath, JSON.stringify(config));
  runTool(process.execPath, ['--build-sea', configPath]);
  return outPath;
}

import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { commanderIcon } from '../icon/drawing.ts';
import { PRODUCT, type BuildContext } from '../product.ts';
import { runTool } from '../run-tool.ts';
import { signFile, type Signer } from './authenticode.ts';
import { fileVersion } from './file-version.ts';
import { msiPatches, type FileVersion } from './msi-patches.ts';
import { namedUuid } from './named-uuid.ts';

const SOURCE = 'installers/windows/commander-agent.wxs';
/** The package's own files, by their keys in the File table. */
const FILES = { AgentExe: 'commander-agent.exe', KoffiNode: 'koffi.node' } as const;
const ICON = 'commander-agent.ico';
const PACKAGE = 'commander-agent.msi';
/** For the codes of single versions; never changes, as the UpgradeCode in the source never does. */
const CODES_NAMESPACE = '2f0c5a1e-7d64-4c39-9a52-51d1a6a4c9e3';

export interface MsiOrder {
  executablePath: string;
  /** The native part of koffi for win32-x64, through which the agent talks to the service manager. */
  koffiPath: string;
  /** Signs what is in the package and the package; undefined leaves all of it unsigned. */
  signer: Signer | undefined;
}

/** Makes `commander-agent-1.2.3-x64.msi` and returns its path. */
export function buildMsi(order: MsiOrder, context: BuildContext): string {
  const stageDir = resolve(context.workDir, 'msi');
  stage(order, stageDir);
  const version = msiVersion(context.version);
  const variables = {
    Version: version,
    ProductCode: namedUuid(CODES_NAMESPACE, `product ${version}`),
    AgentFile: FILES.AgentExe, // relative, as wixl finds no absolute ones
    KoffiFile: FILES.KoffiNode,
    IconFile: ICON,
  };
  const defines = Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  runTool('wixl', ['-a', 'x64', ...defines, '-o', PACKAGE, resolve(SOURCE)], { cwd: stageDir });
  patch(stageDir, version);
  if (order.signer !== undefined)
    signFile(join(stageDir, PACKAGE), { description: PRODUCT.title, signer: order.signer });
  mkdirSync(context.outDir, { recursive: true });
  const outPath = join(context.outDir, `${PRODUCT.packageName}-${context.version}-x64.msi`);
  renameSync(join(stageDir, PACKAGE), outPath);
  return outPath;
}

/** Windows Installer knows three numbers: what follows a hyphen is left out, so a pre-release does not upgrade another. */
export function msiVersion(version: string): string {
  const [numbers = ''] = version.split('-', 1);
  if (!/^\d{1,3}\.\d{1,3}\.\d{1,5}$/.test(numbers))
    throw new Error(`Cannot make an MSI of version "${version}": it wants three numbers, as in "1.2.3"`);
  return numbers;
}

function stage({ executablePath, koffiPath, signer }: MsiOrder, stageDir: string): void {
  mkdirSync(stageDir, { recursive: true });
  copyFileSync(executablePath, join(stageDir, FILES.AgentExe));
  copyFileSync(koffiPath, join(stageDir, FILES.KoffiNode));
  writeFileSync(join(stageDir, ICON), commanderIcon());
  if (signer === undefined) return;
  for (const file of Object.values(FILES))
    signFile(join(stageDir, file), { description: PRODUCT.title, signer });
}

function patch(stageDir: string, version: string): void {
  const versions = Object.entries(FILES).flatMap(([file, name]): FileVersion[] => {
    const found = fileVersion(join(stageDir, name));
    return found === undefined ? [] : [{ file, version: found }];
  });
  requireVersion(versions, version);
  const content = createHash('sha256');
  for (const name of Object.values(FILES)) content.update(readFileSync(join(stageDir, name)));
  const packageCode = namedUuid(CODES_NAMESPACE, `package ${version} ${content.digest('hex')}`);
  const about = [`${PRODUCT.title} ${version}`, PRODUCT.vendor, 'x64;1033', `{${packageCode}}`];
  runTool('msibuild', [PACKAGE, '-s', ...about], { cwd: stageDir });
  runTool('msibuild', [PACKAGE, '-q', ...msiPatches(versions)], { cwd: stageDir });
}

/** An executable of another version would be kept or lost by upgrades in ways that nobody could explain. */
function requireVersion(versions: readonly FileVersion[], version: string): void {
  const found = versions.find(({ file }) => file === 'AgentExe')?.version;
  if (found !== `${version}.0`)
    throw new Error(
      `Cannot make an MSI of version "${version}": the executable says it is "${found ?? 'none'}"`,
    );
}

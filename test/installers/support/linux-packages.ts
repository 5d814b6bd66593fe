import { agentDocs } from '../../../build/installers/docs/agent-docs.ts';
import { buildDeb } from '../../../build/installers/linux/deb.ts';
import { buildRpm } from '../../../build/installers/linux/rpm.ts';
import { packedPath } from '../../support/packed.ts';
import { buildContext, EPOCH } from './build-context.ts';

const BUILDERS = { deb: buildDeb, rpm: buildRpm };

/** A package of the real agent for this machine, or of another executable, under any version. Returns its path. */
export function buildPackage(
  kind: keyof typeof BUILDERS,
  version: string,
  dir: string,
  executablePath = packedPath('commander-agent'),
): string {
  const docs = agentDocs({ version, epoch: EPOCH });
  const order = { target: 'linux-x64', executablePath, docs } as const;
  return BUILDERS[kind](order, buildContext(`${dir}/${kind}-${version}`, { version }));
}

import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeLayout, type LayoutEntry } from '../layout.ts';
import { PRODUCT, type BuildContext } from '../product.ts';
import { runTool } from '../run-tool.ts';
import { fillTemplate } from '../template.ts';
import { linuxLayout, packaged, type LinuxPackageOrder } from './linux-layout.ts';
import { LINUX_TARGETS, linuxVersion } from './linux-target.ts';

const SOURCE_DIR = 'installers/deb';
const SCRIPTS = ['config', 'postinst', 'prerm', 'postrm'];
/** xz is smallest, and every dpkg reads it; zstd takes a fifteenth of the time. */
const COMPRESSION = { release: ['-Zxz', '-z6'], development: ['-Zzstd', '-z10'] };

/** Makes `commander-agent_1.2.3_amd64.deb` and returns its path. */
export function buildDeb(order: LinuxPackageOrder, context: BuildContext): string {
  const version = linuxVersion(context.version);
  const architecture = LINUX_TARGETS[order.target].deb;
  const rootDir = join(context.workDir, `deb-${architecture}`);
  writeLayout(debLayout(order, { version, architecture, epoch: context.epoch }), {
    rootDir,
    epoch: context.epoch,
  });
  mkdirSync(context.outDir, { recursive: true });
  const outPath = join(context.outDir, `${PRODUCT.packageName}_${version}_${architecture}.deb`);
  const compression = context.release ? COMPRESSION.release : COMPRESSION.development;
  runTool('dpkg-deb', ['--root-owner-group', ...compression, '--build', rootDir, outPath], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(context.epoch) },
  });
  return outPath;
}

interface DebFacts {
  version: string;
  architecture: string;
  epoch: number;
}

function debLayout(order: LinuxPackageOrder, facts: DebFacts): LayoutEntry[] {
  const docDir = `usr/share/doc/${PRODUCT.packageName}`;
  const data = [
    ...linuxLayout(order, { zshDir: 'usr/share/zsh/vendor-completions' }),
    packaged(`${docDir}/copyright`, copyright()),
    packaged(`${docDir}/changelog.gz`, gzipSync(changelog(facts), { level: 9 })),
    packaged(`usr/share/lintian/overrides/${PRODUCT.packageName}`, readSource('lintian-overrides')),
  ];
  return [...data, ...control(order, facts)];
}

function control(order: LinuxPackageOrder, { version, architecture }: DebFacts): LayoutEntry[] {
  const fields = fillTemplate(join(SOURCE_DIR, 'control'), {
    PACKAGE: PRODUCT.packageName,
    VERSION: version,
    ARCHITECTURE: architecture,
    MAINTAINER: PRODUCT.maintainer,
    INSTALLED_SIZE: Math.ceil(statSync(order.executablePath).size / 1024),
    SUMMARY: PRODUCT.summary,
  });
  return [
    packaged('DEBIAN/control', fields),
    packaged('DEBIAN/conffiles', '/etc/commander-agent/config.json\n'),
    packaged('DEBIAN/templates', readSource('templates')),
    ...SCRIPTS.map((name) => packaged(`DEBIAN/${name}`, readSource(name), 0o755)),
  ];
}

function readSource(name: string): Buffer {
  return readFileSync(join(SOURCE_DIR, name));
}

function copyright(): string {
  const license = readFileSync('LICENSE', 'utf8').trimEnd().replace(/^/gm, ' ').replace(/^ $/gm, ' .');
  return (
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n' +
    `Files: *\nCopyright: ${PRODUCT.maintainer}\nLicense: ${PRODUCT.license}\n${license}\n`
  );
}

/** Users' changes are told in CHANGELOG.md; this is what Debian's tools want to read. */
function changelog({ version, epoch }: DebFacts): string {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  return (
    `${PRODUCT.packageName} (${version}) stable; urgency=medium\n\n` +
    `  * See CHANGELOG.md of this version.\n\n -- ${PRODUCT.maintainer}  ${date}\n`
  );
}

import { PRODUCT } from '../product.ts';
import { escapeXml } from '../xml.ts';

/** The oldest macOS that the packed Node runs on. */
const OLDEST_MACOS = '13.5';

export type MacArch = 'arm64' | 'x86_64';

export interface PackageFacts {
  version: string;
  arches: readonly MacArch[];
  fileCount: number;
  installKBytes: number;
  /** Names of the scripts that the package brings. */
  scripts: readonly string[];
}

/** `PackageInfo`, the component's own description. */
export function packageInfo(facts: PackageFacts): string {
  const scripts = facts.scripts.map((name) => `    <${name} file="./${name}"/>\n`).join('');
  return `<?xml version="1.0" encoding="utf-8"?>
<pkg-info format-version="2" identifier="${PRODUCT.macosIdentifier}" version="${escapeXml(facts.version)}" install-location="/" auth="root" overwrite-permissions="true" relocatable="false" postinstall-action="none">
  <payload numberOfFiles="${facts.fileCount}" installKBytes="${facts.installKBytes}"/>
  <scripts>
${scripts}  </scripts>
</pkg-info>
`;
}

/** `Distribution`, what the installer shows and checks before it lays anything down. */
export function distribution(facts: PackageFacts, componentName: string): string {
  const id = PRODUCT.macosIdentifier;
  return `<?xml version="1.0" encoding="utf-8"?>
<installer-gui-script minSpecVersion="2">
  <title>${PRODUCT.title}</title>
  <options customize="never" require-scripts="false" rootVolumeOnly="true" hostArchitectures="${facts.arches.join(',')}"/>
  <domains enable_localSystem="true" enable_anywhere="false" enable_currentUserHome="false"/>
  <volume-check>
    <allowed-os-versions><os-version min="${OLDEST_MACOS}"/></allowed-os-versions>
  </volume-check>
  <choices-outline>
    <line choice="default"><line choice="${id}"/></line>
  </choices-outline>
  <choice id="default"/>
  <choice id="${id}" visible="false"><pkg-ref id="${id}"/></choice>
  <pkg-ref id="${id}" version="${escapeXml(facts.version)}" onConclusion="none" installKBytes="${facts.installKBytes}" auth="root">#${componentName}</pkg-ref>
</installer-gui-script>
`;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';

export interface VersionFields {
  /** `1.2.3`, with or without what follows a hyphen. */
  version: string;
  productName: string;
  description: string;
  fileName: string;
  /** A Windows icon, as a file of that kind holds it. */
  icon?: Uint8Array;
}

const ENGLISH_UNICODE = { lang: 1033, codepage: 1200 };
/** The group with the lowest number is what the file manager shows. */
const ICON_GROUP = 1;

/**
 * Gives a Windows executable our version and names in place of Node's. Windows Installer compares this version: with Node's own
 * left in, an upgrade would keep the old file. Drops the signature, which would not match any more.
 */
export function writeVersionResource(fromPath: string, toPath: string, fields: VersionFields): void {
  const executable = NtExecutable.from(readFileSync(fromPath), { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  const info = Resource.VersionInfo.fromEntries(resources.entries)[0] ?? Resource.VersionInfo.createEmpty();
  const [major = 0, minor = 0, patch = 0] = fields.version.split('-', 1)[0]?.split('.').map(Number) ?? [];
  for (const language of info.getAllLanguagesForStringValues()) info.removeAllStringValues(language);
  info.lang = ENGLISH_UNICODE.lang;
  info.setStringValues(ENGLISH_UNICODE, {
    FileDescription: fields.description,
    ProductName: fields.productName,
    OriginalFilename: fields.fileName,
    InternalName: fields.fileName,
  });
  info.setFileVersion(major, minor, patch, 0, ENGLISH_UNICODE.lang);
  info.setProductVersion(major, minor, patch, 0, ENGLISH_UNICODE.lang);
  info.outputToResourceEntries(resources.entries);
  if (fields.icon !== undefined) replaceIcon(resources, fields.icon);
  resources.outputResource(executable);
  writeFileSync(toPath, Buffer.from(executable.generate()));
}

function replaceIcon(resources: NtExecutableResource, icon: Uint8Array): void {
  const images = Data.IconFile.from(icon).icons.map(({ data }) => data);
  Resource.IconGroupEntry.replaceIconsForResource(
    resources.entries,
    ICON_GROUP,
    ENGLISH_UNICODE.lang,
    images,
  );
}

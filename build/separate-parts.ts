import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/**
 * Puts each package that our sources load with `await import()` into a file of its own, a part, which is read when first used. V8
 * keeps the whole source of a script in memory; what an idle agent never uses would otherwise be half of it.
 */
export function separateParts(
  outPath: string,
  options: BuildOptions,
): { plugin: Plugin; partPaths: string[] } {
  const partPaths: string[] = [];
  const plugin: Plugin = {
    name: 'separate-parts',
    setup(bundling) {
      bundling.onResolve({ filter: /^[@\w]/ }, async ({ path, kind, resolveDir, namespace }) => {
        if (kind !== 'dynamic-import' || namespace !== 'file' || path.startsWith('node:')) return undefined;
        const found = await bundling.resolve(path, { kind: 'import-statement', resolveDir });
        if (found.errors.length > 0 || found.external || isWithinPackage(resolveDir)) return undefined;
        return { path, namespace: 'part', pluginData: found.path };
      });
      bundling.onResolve({ filter: /^load-part$/ }, ({ path }) => ({ path, namespace: 'load-part' }));
      bundling.onLoad({ filter: /.*/, namespace: 'load-part' }, () => ({ contents: loadPartSource() }));
      bundling.onLoad({ filter: /.*/, namespace: 'part' }, async ({ path, pluginData }) => {
        const partPath = join(dirname(outPath), `${basename(outPath, '.cjs')}.${fileNameOf(path)}.cjs`);
        partPaths.push(partPath);
        const contents = await buildPart({
          ...options,
          entryPoints: [pluginData as string],
          outfile: partPath,
        });
        return { contents };
      });
    },
  };
  return { plugin, partPaths };
}

/** Writes the part and returns the module that stands in its place. */
async function buildPart(options: BuildOptions & { outfile: string }): Promise<string> {
  const load = `require('load-part').loadPart(${JSON.stringify(basename(options.outfile))})`;
  await build({ ...options, format: 'cjs' });
  const names = await exportedNames(options);
  if (names === undefined) return `module.exports = ${load};`;
  const exports = names.map((name) =>
    name === 'default' ? 'export default part.default;' : `export const ${name} = part.${name};`,
  );
  return [`const part = ${load};`, ...exports].join('\n');
}

/** What an ES module exports; undefined for a CommonJS one, which knows only when it runs. */
async function exportedNames(options: BuildOptions): Promise<string[] | undefined> {
  const { metafile } = await build({ ...options, format: 'esm', metafile: true, write: false });
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  const isEsm = metafile.inputs[output?.entryPoint ?? '']?.format === 'esm';
  return isEsm ? output?.exports : undefined;
}

function loadPartSource(): string {
  return readFileSync(join('build', 'load-part.cjs'), 'utf8');
}

function isWithinPackage(dir: string): boolean {
  return /[\\/]node_modules[\\/]/.test(dir);
}

function fileNameOf(packagePath: string): string {
  return packagePath.replace(/^@/, '').replaceAll('/', '-');
}

import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

export interface Import {
  /** A file of src, from the root: `src/lib/errors.ts`. */
  from: string;
  /** Likewise for our own files; otherwise the package or built-in: `got`, `@peculiar/x509`, `node:sqlite`. */
  to: string;
  kind: 'static' | 'type' | 'dynamic';
}

export interface SourceFile {
  path: string;
  syntax: ts.SourceFile;
  imports: Import[];
}

/** Every source file of the product, parsed, in order of path. */
export function readSources(): SourceFile[] {
  const paths = globSync('src/**/*.{ts,js}').map((path) => path.replaceAll('\\', '/'));
  return paths.sort().map((path) => {
    const text = readFileSync(path, 'utf8');
    const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
    return { path, syntax, imports: importsOf(syntax) };
  });
}

/** An import in one line, as failures show it. */
export function arrow({ from, to }: { from: string; to: string }): string {
  return `${from} -> ${to}`;
}

/** Whether nothing of the file is left at run time. */
export function holdsOnlyTypes({ syntax }: SourceFile): boolean {
  return syntax.statements.every(
    (statement) =>
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      (ts.isImportDeclaration(statement) && isTypeImport(statement)) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly) ||
      syntax.isDeclarationFile,
  );
}

/** What is loaded when `entries` are: everything reached without an `await import()`. */
export function staticClosure(sources: SourceFile[], entries: string[]): Import[] {
  const importsByFile = new Map(sources.map(({ path, imports }) => [path, imports]));
  const seen = new Set<string>();
  const loaded: Import[] = [];
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const imports = (importsByFile.get(path) ?? []).filter(({ kind }) => kind === 'static');
    loaded.push(...imports);
    queue.push(...imports.map(({ to }) => to));
  }
  return loaded;
}

/** The first ring of imports found from each file, as the files on it. Dynamic imports break no ring: they run later. */
export function findCycles(sources: SourceFile[]): string[][] {
  const importsByFile = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  function visit(path: string, trail: string[]): void {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const { to, kind } of importsByFile.get(path) ?? []) {
      if (kind !== 'dynamic') visit(to, [...trail, path]);
    }
    done.add(path);
  }
  for (const { path } of sources) visit(path, []);
  return cycles;
}

export function allNodes(node: ts.Node): ts.Node[] {
  const nodes = [node];
  node.forEachChild((child) => void nodes.push(...allNodes(child)));
  return nodes;
}

function importsOf(syntax: ts.SourceFile): Import[] {
  return allNodes(syntax).flatMap((node) => {
    const found = importAt(node);
    if (found === undefined) return [];
    return [{ from: syntax.fileName, to: resolve(syntax.fileName, found.specifier), kind: found.kind }];
  });
}

function importAt(node: ts.Node): { specifier: string; kind: Import['kind'] } | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    if (node.moduleSpecifier === undefined || !ts.isStringLiteral(node.moduleSpecifier)) return undefined;
    const isType = ts.isImportDeclaration(node) ? isTypeImport(node) : node.isTypeOnly;
    return { specifier: node.moduleSpecifier.text, kind: isType ? 'type' : 'static' };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    return specifier && ts.isStringLiteralLike(specifier)
      ? { specifier: specifier.text, kind: 'dynamic' }
      : undefined;
  }
  if (
    ts.isImportTypeNode(node) &&
    ts.isLiteralTypeNode(node.argument) &&
    ts.isStringLiteral(node.argument.literal)
  )
    return { specifier: node.argument.literal.text, kind: 'type' };
  return undefined;
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = importClause.namedBindings;
  if (importClause.name !== undefined || names === undefined || !ts.isNamedImports(names)) return false;
  return names.elements.length > 0 && names.elements.every((element) => element.isTypeOnly);
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return packageName(specifier);
  const path = posix.join(posix.dirname(from), specifier);
  const declaration = path.replace(/\.js$/, '.d.ts');
  return existsSync(path) || !existsSync(declaration) ? path : declaration;
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

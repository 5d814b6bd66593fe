import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import {
  allNodes,
  arrow,
  findCycles,
  holdsOnlyTypes,
  readSources,
  staticClosure,
  type Import,
} from './source-graph.ts';

const sources = readSources();
const ownFiles = new Map(sources.map((source) => [source.path, source]));
const imports = sources.flatMap((source) => source.imports);

/** Which layers each may import: everything points down, and agent, server and cli never meet. */
const ARROWS: Record<string, readonly string[]> = {
  bin: ['agent', 'server', 'cli', 'store', 'platform', 'protocol', 'lib'],
  agent: ['store', 'platform', 'protocol', 'lib'],
  server: ['store', 'platform', 'protocol', 'lib'],
  cli: ['protocol', 'lib'],
  store: ['protocol', 'lib'],
  platform: ['lib'],
  protocol: ['lib'],
  lib: [],
};

/** Loaded when an agent starts, these would cost each endpoint memory for work that most of them do seldom. */
const TOO_HEAVY_FOR_THE_START = [
  '@peculiar/x509',
  'ajv',
  'cross-spawn',
  'fastify',
  'got',
  'tar',
  'typebox',
  'yauzl',
];

test('imports point down: bin, then agent, server or cli, then store, platform or protocol, then lib', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [above, below] = [layerOf(from), layerOf(to)];
    return ownFiles.has(to) && above !== below && !ARROWS[above]?.includes(below);
  });
  expect(wrong.map(arrow)).toEqual([]);
});

test('every import of our own leads to a file', () => {
  const missing = imports.filter(({ to }) => to.startsWith('src/') && !ownFiles.has(to));
  expect(missing.map(arrow)).toEqual([]);
});

describe.each([
  ['agent', /^src\/agent\/compose\//],
  ['server', /^src\/server\/(compose|api)\//], // the API is what stands in front of all modules
])('modules of src/%s', (layer, meetingPlace) => {
  test('meet where they are wired and in ports, which hold nothing but types', () => {
    const wrong = imports.filter(
      (one) => isBetweenModules(one, layer) && !meetingPlace.test(one.from) && !leadsToPort(one),
    );
    expect(wrong.map(arrow)).toEqual([]);
  });
});

test('no file imports itself over others, types included', () => {
  expect(findCycles(sources).map((ring) => ring.join(' -> '))).toEqual([]);
});

test('only the store speaks to a database', () => {
  const wrong = imports.filter(({ from, to }) => to === 'node:sqlite' && layerOf(from) !== 'store');
  expect(wrong.map(arrow)).toEqual([]);
});

test('only platform/select.ts asks which operating system this is', () => {
  const askers = sources.filter(
    ({ path, syntax }) => path !== 'src/platform/select.ts' && allNodes(syntax).some(asksForPlatform),
  );
  expect(askers.map(({ path }) => path)).toEqual([]);
});

test('the agent starts without what it needs only for work', () => {
  const loaded = staticClosure(sources, ['src/bin/commander-agent.ts', 'src/agent/compose/agent.ts']);
  const heavy = loaded.filter(({ to }) => TOO_HEAVY_FOR_THE_START.includes(to));
  expect(heavy.map(arrow)).toEqual([]);
});

function layerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Whether an import leaves its folder below src/agent or src/server for another one there. */
function isBetweenModules({ from, to }: Import, layer: string): boolean {
  const inLayer = from.startsWith(`src/${layer}/`) && to.startsWith(`src/${layer}/`);
  return inLayer && moduleOf(to) !== undefined && moduleOf(from) !== moduleOf(to);
}

function moduleOf(path: string): string | undefined {
  const [, , name, file] = path.split('/');
  return file === undefined ? undefined : name;
}

function leadsToPort({ to, kind }: Import): boolean {
  const target = ownFiles.get(to);
  return kind === 'type' && target !== undefined && holdsOnlyTypes(target);
}

function asksForPlatform(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node))
    return (
      node.name.text === 'platform' && /^(process|os|globalThis\.process)$/.test(node.expression.getText())
    );
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return false;
  if (!/^node:(os|process)$/.test(node.moduleSpecifier.text)) return false;
  const names = node.importClause?.namedBindings;
  return names !== undefined && ts.isNamedImports(names) && names.elements.some(isPlatformImport);
}

function isPlatformImport({ name, propertyName }: ts.ImportSpecifier): boolean {
  return (propertyName ?? name).text === 'platform';
}

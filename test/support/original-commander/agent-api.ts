import { gzipSync } from 'node:zlib';
import { generic, json, refuse, requireParameters, type AppRequest, type Reply } from './reply.ts';
import type { OriginalState } from './state.ts';
import { toDocument } from './job-document.ts';

export function register(request: AppRequest, state: OriginalState): Reply {
  const body = requireParameters(request, { data: ['registrationKey', 'hostname', 'os'] });
  const { registrationKey, hostname, os } = body;
  if (state.registrationKey === undefined) throw refuse(500, 'no registration key has been generated yet');
  if (typeof registrationKey !== 'string' || typeof hostname !== 'string' || typeof os !== 'string')
    throw generic(500);
  if (registrationKey !== state.registrationKey) throw refuse(401, 'invalild registration key');
  return json(200, { agentID: state.register(hostname, os) });
}

export function execute(request: AppRequest, state: OriginalState): Reply {
  const { filename } = requireParameters(request, { headers: ['Agent-ID'], data: ['filename'] });
  if (typeof filename !== 'string') throw generic(500);
  const agent = state.agent(request.headers['agent-id'] ?? '');
  if (/(^|\/)\.\.\//.test(filename)) throw generic(404);
  if (!agent.running.some((job) => job.filename === filename))
    throw refuse(400, 'no matching job available for download');
  const file = state.library.get(filename);
  if (file === undefined) throw refuse(500, 'job file missing -- please contact an administrator');
  return sendFile(request, filename, file.bytes);
}

/** Removed from the running jobs first and validated then: a refused result cannot be sent again. */
export function saveResult(request: AppRequest, state: OriginalState): Reply {
  const { job } = requireParameters(request, { headers: ['Agent-ID'], data: ['job'] });
  const agent = state.agent(request.headers['agent-id'] ?? '');
  if (typeof job !== 'object' || job === null || Array.isArray(job)) throw generic(500);
  const fields = job as Record<string, unknown>;
  if (!('filename' in fields)) throw generic(500);
  const at = agent.running.findIndex((running) => running.filename === fields['filename']);
  if (at === -1) throw refuse(400, 'no matching jobs were supposed to be running');
  agent.running.splice(at, 1);
  agent.history.push(toDocument(fields));
  return json(200, { success: 'successfully saved job response' });
}

const TYPES: Record<string, string> = {
  sh: 'text/x-sh; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  py: 'text/x-python; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  xml: 'application/xml',
  svg: 'image/svg+xml; charset=utf-8',
  zip: 'application/zip',
};
const GZIPPED = new Set(['txt', 'js', 'json', 'css', 'xml', 'svg']);

/** Type and encoding follow the name, though the content is an archive whatever the name is. */
function sendFile(request: AppRequest, filename: string, bytes: Buffer): Reply {
  const extension = /\.([^.]+)$/.exec(filename)?.[1] ?? '';
  const headers: Record<string, string> = {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'content-disposition': disposition(filename),
    'last-modified': new Date().toUTCString(),
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers['range'] ?? '');
  if (range !== null) return sendRange(bytes, headers, Number(range[1]), range[2] ?? '');
  if (!GZIPPED.has(extension) || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
    return { status: 200, headers: { ...headers, 'accept-ranges': 'bytes' }, body: bytes };
  return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(bytes) };
}

function sendRange(bytes: Buffer, headers: Record<string, string>, first: number, last: string): Reply {
  const end = last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length);
  const contentRange = `bytes ${first}-${end - 1}/${bytes.length}`;
  if (first >= bytes.length)
    return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` }, body: '' };
  return {
    status: 206,
    headers: { ...headers, 'content-range': contentRange },
    body: bytes.subarray(first, end),
  };
}

function disposition(filename: string): string {
  const ascii = filename
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .replaceAll('"', '\\"');
  const quoted = /^[\w.-]+$/.test(ascii) ? ascii : `"${ascii}"`;
  if (ascii.replaceAll('\\"', '"') === filename) return `inline; filename=${quoted}`;
  return `inline; filename=${quoted}; filename*=UTF-8''${encodeURIComponent(filename)}`;
}

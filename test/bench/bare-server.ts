/**
 * The least that a server of agents can be: it asks for their certificates, takes their WebSockets, and keeps them. Takes the folder
 * of a server certificate; prints its URL.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

const read = (name: string): string => readFileSync(join(process.argv[2] ?? '', name), 'utf8');
const server = createServer({
  cert: read('server.pem'),
  key: read('server-key.pem'),
  ca: read('root.pem'),
  requestCert: true,
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
sockets.on('connection', (socket) => socket.on('message', () => undefined));
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`https://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);

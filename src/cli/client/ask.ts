import { parseJson, type Validator } from '../../protocol/validate.ts';
import type { ServerRequest, Transport } from './transport.ts';

/** Sends a request and checks the reply. @throws AppError as `Transport.send`, and MESSAGE_INVALID */
export async function ask<T>(
  transport: Pick<Transport, 'send'>,
  validator: Validator<T>,
  request: ServerRequest,
): Promise<T> {
  return parseJson(validator, await transport.send(request), replyTo(request.what));
}

export function replyTo(what: string): string {
  return `The server's reply to "${what}"`;
}

import { utf8 } from './bytes.ts';
import type { WireRequest } from './request.ts';

/** A GET request, after whose answer the worker is to close the connection. */
export const http = ({ path, host }: Pick<WireRequest, 'path' | 'host'>): Uint8Array =>
  utf8(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: cgipool\r\nConnection: close\r\n\r\n`);

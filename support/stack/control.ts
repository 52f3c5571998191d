/** The control routes of both apps, typed: they prepare an organization or a tenant and return what happened there. */
import type { Dispatcher } from 'undici';
import { rawRequest } from './http.ts';

/** An app rejected a call. */
export class ControlError extends Error {
  /** The HTTP status of the response. */
  readonly status: number;
  /** The app's own sentence, or the whole body if it sent none. */
  readonly reason: string;
  /** The app's own code, if it sent one. */
  readonly code: string | undefined;
  /** The method and the path. */
  readonly call: string;

  constructor(call: string, status: number, body: string) {
    super(`${call} was rejected (${status}): ${body}`);
    const { error, code } = errorIn(body);
    this.call = call;
    this.status = status;
    this.reason = error ?? this.message;
    this.code = code;
  }
}

/** An app did not respond. */
export class Unreachable extends Error {
  constructor(base: string, cause: unknown) {
    super(`The control routes at ${base} do not respond: the app is not running there`, { cause });
  }
}

function errorIn(body: string): { error?: string; code?: string } {
  try {
    return JSON.parse(body) as { error?: string; code?: string };
  } catch {
    return {};
  }
}

/** Undefined if the app returns 404. */
export async function ifPresent<Found>(asked: Promise<Found>): Promise<Found | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ControlError && error.status === 404) return undefined;
    throw error;
  }
}

/** Methods send and return JSON, and throw ControlError or Unreachable. */
export interface Control {
  put<Reply = unknown>(path: string, body: unknown): Promise<Reply>;
  post<Reply = unknown>(path: string, body: unknown): Promise<Reply>;
  patch<Reply = unknown>(path: string, body: unknown): Promise<Reply>;
  get<Reply = unknown>(path: string): Promise<Reply>;
  remove(path: string): Promise<void>;
}

export function control(base: string, token: string): Control {
  const call = async <Reply>(method: Dispatcher.HttpMethod, path: string, body?: unknown): Promise<Reply> => {
    const url = new URL(`/control${path}`, base);
    // fetch takes several times the processor time of a bare request, and every step makes some of them.
    const response = await rawRequest({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Unreachable(base, error);
    });
    const text = await response.body.text();
    const { statusCode } = response;
    if (statusCode < 200 || statusCode > 299) throw new ControlError(`${method} ${path}`, statusCode, text);
    return (text === '' ? undefined : JSON.parse(text)) as Reply;
  };
  return {
    put: (path, body) => call('PUT', path, body),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    get: (path) => call('GET', path),
    remove: (path) => call('DELETE', path),
  };
}

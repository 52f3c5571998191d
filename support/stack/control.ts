/** The control routes of both apps, typed: how a rehearsal prepares an organization and a tenant, and reads back what happened. It never opens a page. */
import { request } from './http.ts';

export class ControlError extends Error {}

export interface Control {
  /** Sends JSON; gives the JSON answered. Throws ControlError with what the app said when it refuses. */
  put<Answer = unknown>(path: string, body: unknown): Promise<Answer>;
  patch<Answer = unknown>(path: string, body: unknown): Promise<Answer>;
  get<Answer = unknown>(path: string): Promise<Answer>;
  remove(path: string): Promise<void>;
}

export function control(base: string, token: string): Control {
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await request(new URL(`/control${path}`, base), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ControlError(`${method} ${path} was refused (${response.status}): ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  return {
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    get: (path) => call('GET', path),
    remove: (path) => call('DELETE', path),
  };
}

import { PASSWORD, type TestServer } from './harness.ts';
import type { Role } from '../../src/context.ts';

/** Somebody who is signed in, and their API key. */
export interface Person {
  readonly userId: string;
  readonly key: string;
  /** `fetch` with the API key. */
  readonly api: TestServer['api'];
  /** A JSON call in the session; `body` is empty where the answer has none. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, any> }>;
}

/** A call below `/api/v1` with a session cookie. */
export function caller(server: TestServer, cookie: string): Person['call'] {
  return async (method, path, body, headers) => {
    const response = await server.raw(`/api/v1${path}`, {
      method,
      headers: { Cookie: cookie, Origin: server.url, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, any> };
  };
}

/** A new member of this role, signed in. */
export async function person(server: TestServer, role: Role): Promise<Person> {
  const { userId, email, key, api } = await server.as(role);
  return { userId, key, api, call: caller(server, await server.signIn(email, PASSWORD)) };
}

import { ApiError, problemOf } from './http.ts';

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, 'offline', 'offline', null);
  });
  if (!response.ok) throw problemOf(response.status, await response.text());
}

/** Starts a session; the server sets the cookie. */
export const signIn = (email: string, password: string): Promise<void> => post('/sign-in/email', { email, password });

export const signOut = (): Promise<void> => post('/sign-out', {});

/** One way to talk to the server: JSON in, JSON out, failures as `ApiError`. */

export class ApiError extends Error {
  /** 0 when the server could not be reached. */
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;

  constructor(status: number, code: string, title: string, detail: string | null) {
    super(detail ?? title);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  ifMatch?: number;
  signal?: AbortSignal | undefined;
}

let onSignedOut: () => void = () => undefined;

/** Called whenever the server says that nobody is signed in. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** Lists become repeated parameters; `undefined` is left out. */
export function queryString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const item of value) params.append(key, item);
    else params.append(key, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Reads a problem document; anything else (a proxy's page) becomes a general failure. */
export function problemOf(status: number, body: string): ApiError {
  try {
    const problem = JSON.parse(body) as Record<string, unknown>;
    const title = textOf(problem.title) ?? textOf(problem.message) ?? `HTTP ${status}`;
    return new ApiError(status, textOf(problem.code) ?? 'unknown', title, textOf(problem.detail));
  } catch {
    return new ApiError(status, 'unknown', `HTTP ${status}`, null);
  }
}

const SHOWN = new Set(['thumbnail', 'preview', 'transform', 'original', 'clip']);

/**
 * Private addresses are loaded from where the app was opened (`localhost`, a name in the office network), which may be
 * another name of the server than PUBLIC_URL; public ones stay as they are, since they are copied.
 */
export function fromHere(key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !SHOWN.has(key) || !/^https?:\/\/[^/]+\/(cdn|api)\//.test(value)) return value;
  return value.replace(/^https?:\/\/[^/]+/, '');
}

/** Calls `/api/v1<path>`. Throws `ApiError`; aborted calls reject with the signal's reason. */
export async function call<T>(path: string, { method = 'GET', query, body, ifMatch, signal }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (ifMatch !== undefined) headers['if-match'] = `"${ifMatch}"`;
  const response = await fetch(`/api/v1${path}${queryString(query)}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'offline', 'offline', null);
  });
  const text = await response.text();
  if (!response.ok) {
    const problem = problemOf(response.status, text);
    if (response.status === 401) onSignedOut();
    throw problem;
  }
  return (text ? JSON.parse(text, fromHere) : undefined) as T;
}

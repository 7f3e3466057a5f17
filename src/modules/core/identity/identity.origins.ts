const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Origins whose pages may sign in: the public address, those of CORS_ORIGINS, and, while the public address is the machine
 * itself, its other names on the same port, since people open either.
 */
export function trustedOrigins(publicUrl: string, corsOrigins: readonly string[]): string[] {
  const url = new URL(publicUrl);
  const names = LOOPBACK.includes(url.hostname) ? LOOPBACK : [url.hostname];
  const port = url.port === '' ? '' : `:${url.port}`;
  return [...new Set([url.origin, ...names.map((name) => `${url.protocol}//${name}${port}`), ...corsOrigins])];
}

/**
 * The request's own origin when its page came from the very host that is asked: a machine in the local network that is
 * opened by its address. A page cannot choose the Host header of its own requests.
 */
export function ownOrigin(headers: Headers | undefined): string[] {
  const origin = headers?.get('origin') ?? null;
  const host = headers?.get('host') ?? null;
  return origin !== null && host !== null && URL.canParse(origin) && new URL(origin).host === host ? [origin] : [];
}

/** `__Host-` binds the cookie to this very host over TLS; browsers refuse the prefix without it. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-damson' : 'damson';
}

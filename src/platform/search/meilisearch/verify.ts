/** Granular filters, comparison of texts, look-up of several ids (ADR 403). */
const LEAST_VERSION = [1, 15] as const;
const ANSWER_MS = 3000;

/**
 * What is wrong with the server at this address and will not right itself, in sentences for whoever runs the service. Empty also when the
 * server is away or busy: uploads, browsing and delivery go on without it. No sentence holds the key.
 */
export async function verifyMeilisearch({
  url,
  masterKey,
}: {
  readonly url: string;
  readonly masterKey: string | null;
}): Promise<string[]> {
  const at = `Meilisearch at ${new URL(url).host}`;
  const headers: Record<string, string> = masterKey === null ? {} : { Authorization: `Bearer ${masterKey}` };
  const asked = fetch(`${url.replace(/\/+$/, '')}/version`, { headers, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) });
  const response = await asked.catch(() => null);
  // No answer, or one of a proxy or a server that has too much to do.
  if (response === null || response.status >= 500 || response.status === 408 || response.status === 429) return [];
  if (response.status === 401) return [`${at} asks for a key: give it in MEILI_MASTER_KEY.`];
  if (response.status === 403)
    return [`${at} refuses the key: correct MEILI_MASTER_KEY (the master key, or one with all rights on indexes damson*).`];
  const version = response.status === 200 ? await versionIn(response) : null;
  if (version === null) return [`${at} does not answer like a Meilisearch: correct MEILI_URL.`];
  return isOlder(version) ? [`${at} is version ${version}, which is too old: ${LEAST_VERSION.join('.')} or newer is needed.`] : [];
}

async function versionIn(response: Response): Promise<string | null> {
  const body: unknown = await response.json().catch(() => null);
  const version = typeof body === 'object' && body !== null && 'pkgVersion' in body ? body.pkgVersion : null;
  return typeof version === 'string' ? version.slice(0, 40) : null;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]);
}

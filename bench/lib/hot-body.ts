/** A derivative that is hot, and what a bare server needs to answer the same. */
export interface HotBody {
  readonly url: string;
  readonly body: Buffer;
  /** Without those that every server makes by itself. */
  readonly headers: Record<string, string>;
}

const TARGET_BYTES = 47_000;

/** One answer with its headers. @throws when it is not 200 */
export async function hotBody(url: string, sent: Readonly<Record<string, string>>): Promise<HotBody> {
  const response = await fetch(url, { headers: sent });
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${body.toString().slice(0, 200)}`);
  const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...headers } = Object.fromEntries(response.headers);
  return { url, body, headers };
}

/** The width whose WebP comes nearest to 47 kB. */
export async function fittingBody(delivery: string, sent: Readonly<Record<string, string>>): Promise<HotBody> {
  let best: HotBody | null = null;
  for (const width of [300, 400, 500, 600, 700, 800, 900, 1000, 1100]) {
    const made = await hotBody(`${delivery}?tr=w-${width}`, sent);
    if (!best || Math.abs(made.body.length - TARGET_BYTES) < Math.abs(best.body.length - TARGET_BYTES)) best = made;
  }
  if (!best) throw new Error('nothing was delivered');
  return best;
}

import type { ServerResponse } from 'node:http';

/** What delivery tells of its answers. */
export interface UsageCount {
  /** An answer with bytes of this asset, or that they have not changed, went out. */
  readonly count: (assetId: string, bytes: number, unchanged: boolean) => void;
}

/** Counts the answer once it has gone out, by what was really sent. Refusals, headers alone (HEAD) and what is still being made count for nothing. */
export function countWhenSent(usage: UsageCount, res: ServerResponse, assetId: string): void {
  if (res.req.method === 'HEAD') return;
  const { socket } = res;
  const before = socket?.bytesWritten ?? 0;
  res.once('finish', () => {
    const { statusCode } = res;
    if (statusCode === 200 || statusCode === 206 || statusCode === 304) {
      usage.count(assetId, Math.max(0, (socket?.bytesWritten ?? 0) - before), statusCode === 304);
    }
  });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMedia } from '../../src/platform/media/create.ts';
import type { LadderPlan } from '../../src/platform/media/film-plan.ts';
import { silentLog } from '../../src/platform/log.ts';
import { serveChild } from '../lib/child.ts';

/** ffmpeg in the product's sandbox, and nothing else: until every rung has its first piece. `first-segment.ts <clip>`; asked `{plan}` it answers `{ms}`. */

const [clip = ''] = process.argv.slice(2);
const tempDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
const media = createMedia({
  slots: 2,
  sandbox: 'auto',
  maxPixels: 100_000_000,
  tempDir,
  production: false,
  log: silentLog,
  searchPath: process.env['PATH'] ?? '',
});
await media.tools();

serveChild(
  {},
  async (question) => {
    const { plan } = question as { plan: LadderPlan };
    const stop = new AbortController();
    const waiting = new Set([...plan.rungs.map(({ name }) => `${name}-0.m4s`), 'audio-0.m4s']);
    const began = performance.now();
    let ms = 0;
    const source = { demuxers: 'mov,mp4,m4a,3gp,3g2,mj2', frameRate: 30, hasAudio: true, seconds: 60 };
    await media
      .film(
        { path: clip, bytes: 0 },
        source,
        plan,
        { signal: stop.signal, deadlineMs: 120_000, lane: 'live' },
        {
          piece: async ({ name }) => {
            waiting.delete(name);
            if (waiting.size > 0 || ms > 0) return;
            ms = performance.now() - began;
            stop.abort(new Error('that is all'));
          },
          progress: () => undefined,
        },
      )
      .catch((error: unknown) => {
        if (ms === 0) throw error;
      });
    return { ms };
  },
  async () => {
    await media.close();
    await rm(tempDir, { recursive: true, force: true });
  },
);

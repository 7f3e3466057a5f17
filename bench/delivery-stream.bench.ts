import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LadderPlan } from '../src/platform/media/film-plan.ts';
import { median, type Rhythm } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { makeClip } from './lib/clip.ts';
import { startDamson } from './lib/damson.ts';
import type { Result } from './lib/report.ts';

/** From the first request for a manifest to the first piece of the film in the player's hands, against ffmpeg making it. */

const SECONDS = 60;
const POLL_MS = 200;
/** At most so many times the baseline, and so many ms more. */
const [TIMES, MORE_MS] = [1.3, 400] as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** As a player does: the manifest until it is there, the lowest rung, its first parts. */
async function firstPiece(url: string, manifest: string): Promise<number> {
  const began = performance.now();
  const get = async (path: string) => {
    const answer = await fetch(new URL(path, url));
    if (answer.status > 202) throw new Error(`${path} answered ${answer.status}`);
    return answer;
  };
  let answer = await get(manifest);
  while (answer.status === 202) {
    await answer.arrayBuffer();
    await pause(POLL_MS);
    answer = await get(manifest);
  }
  const rung = (await answer.text()).split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const playlist = await (await get(rung)).text();
  const base = rung.slice(0, rung.lastIndexOf('/') + 1);
  const names = [/URI="([^"]+)"/.exec(playlist)?.[1] ?? '', playlist.split('\n').find((line) => line.endsWith('-0.m4s')) ?? ''];
  for (const name of names) await (await get(base + name)).arrayBuffer();
  return performance.now() - began;
}

const plan = (offset: number): LadderPlan => ({
  make: 'ladder',
  cut: { start: offset, duration: null },
  ops: [],
  rungs: [
    { name: '360', width: 640, height: 360, kbps: 400 },
    { name: '720', width: 1280, height: 720, kbps: 3300 },
  ],
  audio: true,
  segment: 4,
});

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const clip = makeClip(folder, SECONDS);
  const alone = await startChild<object>('baselines/first-segment.ts', [clip]);
  const baseline: number[] = [];
  const subject: number[] = [];
  try {
    for (let round = 0; round < (quick ? 2 : rounds); round++) {
      const offset = (round + 1) / 100;
      baseline.push((await alone.ask<{ ms: number }>({ plan: plan(offset) })).ms);
      // A product of its own each time: the rest of the film before would still be made.
      const damson = await startDamson();
      try {
        const { delivery } = await damson.publish('clip.mp4', await readFile(clip), 600_000);
        const path = new URL(delivery).pathname;
        subject.push(await firstPiece(damson.url, `${path}/ik-master.m3u8?tr=sr-360_720,so-${offset}`));
      } finally {
        await damson.close();
      }
    }
    const [base, own] = [median(baseline), median(subject)];
    const allowed = TIMES * base + MORE_MS;
    const worst = Math.max(...subject);
    const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join('  ');
    return {
      name: 'delivery-stream',
      title: 'First piece of a streaming ladder',
      method:
        `A ${SECONDS} s clip of 1920x1080, 30 frames a second; rungs 360 and 720, pieces of 4 s. Baseline: ffmpeg with the same arguments in the same sandbox, until each rung has its ` +
        `first piece (looked at each 100 ms); subject: the whole product from the first request for the manifest (asked again each ${POLL_MS} ms) until the first piece of the lowest rung is ` +
        'read. A product and a recipe of its own each time.',
      columns: ['', 'median ms', 'samples'],
      rows: [
        ['ffmpeg alone', base, list(baseline)],
        ['damson', own, list(subject)],
        [
          `allowed (${TIMES} x + ${MORE_MS} ms)`,
          allowed,
          own <= allowed ? (worst <= allowed ? 'reached in every round' : 'reached by the median') : 'missed',
        ],
      ],
      versions: {},
      quick,
      data: { baseline, subject, allowed },
      verdict: quick ? null : own <= allowed ? 'reached' : 'missed',
    };
  } finally {
    await alone.close();
    await rm(folder, { recursive: true, force: true });
  }
}

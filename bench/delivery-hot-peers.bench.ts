import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, inTurns, median, type Rhythm, type Turn, type Verdict, verdict } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { startDamson } from './lib/damson.ts';
import { startDirectus } from './lib/directus.ts';
import { fittingBody, hotBody } from './lib/hot-body.ts';
import { photograph } from './lib/pictures.ts';
import type { Result } from './lib/report.ts';
import { wrk, wrkVersion } from './lib/wrk.ts';

/** A derivative in memory, delivered by the whole product, against express.static with the same file and Directus with one like it. */

const LOAD = { threads: 1, connections: 16, headers: { Accept: 'image/avif,image/webp,*/*' } };
const GOALS = { 'express.static': 3, Directus: 50 } as const;

export async function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  const version = await wrkVersion();
  if (version === null) throw new Error('wrk is not installed (apt install wrk)');
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const jpeg = await photograph(2725, 2225);
    const damson = await startDamson();
    closing.unshift(() => damson.close());
    const hot = await fittingBody((await damson.publish('photo.jpg', jpeg)).delivery, LOAD.headers);
    await writeFile(join(folder, 'body.webp'), hot.body);
    const express = await startChild<{ url: string }>('baselines/express-static.ts', [folder]);
    closing.unshift(express.close);
    const directus = await startDirectus();
    const runs = !('why' in directus);
    if (runs) closing.unshift(() => directus.close());

    const turn =
      (url: string): Turn =>
      async (seconds) =>
        (await wrk({ ...LOAD, url, seconds })).requestsPerSecond;
    const turns: Record<string, Turn> = { damson: turn(hot.url), 'express.static': turn(`${express.ready.url}/body.webp`) };
    let bytes = 0;
    if (runs) {
      const width = new URL(hot.url).searchParams.get('tr')?.slice(2) ?? '';
      const url = `${await directus.publish('photo.jpg', jpeg)}?width=${width}&format=webp&quality=80`;
      bytes = (await hotBody(url, LOAD.headers)).body.length;
      turns['Directus'] = turn(url);
    }
    const samples = await inTurns(turns, rhythm);

    const own = samples['damson'] ?? [];
    const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join('  ');
    const rows: (string | number)[][] = [['damson', median(own), list(own), '']];
    const verdicts: Verdict[] = [];
    for (const [name, goal] of Object.entries(GOALS)) {
      const theirs = samples[name];
      if (!theirs) {
        rows.push([`${name}: did not run`, '', '', runs ? '' : directus.why]);
        verdicts.push('not decided');
        continue;
      }
      const { ratio, spread } = compare(theirs, own);
      const said = verdict(ratio, spread, goal);
      rows.push([name, median(theirs), list(theirs), `damson ${ratio.toFixed(2)} x ± ${spread.toFixed(2)}; goal ${goal}: ${said}`]);
      verdicts.push(said);
    }
    return {
      name: 'delivery-hot-peers',
      title: 'Hot derivative, against other servers',
      method:
        `${hot.body.length} bytes of WebP, 16 connections, one wrk thread. express.static: the same bytes from a folder, headers as it comes; Directus: on SQLite, its own derivative of the same ` +
        `width (${bytes} bytes), made and stored before, everybody may read it; limits and telemetry off.`,
      columns: ['', 'median requests/s', 'samples', ''],
      rows,
      versions: { wrk: version, ...(runs ? directus.versions : {}) },
      quick,
      data: { samples, goals: GOALS },
      verdict: (['missed', 'not decided'] as const).find((each) => verdicts.includes(each)) ?? 'reached',
    };
  } finally {
    for (const close of closing) await close();
  }
}

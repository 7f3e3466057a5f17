import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Hdr } from '../../../src/platform/media/film-plan.ts';
import { toneMap } from '../../../src/platform/media/tone-map.ts';
import { filmClient } from '../../support/film-client.ts';
import { frameOfFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { hdrFilm, PATCH } from '../../support/fixtures/hdr.ts';
import { near, type Picture, pictureOf } from '../../support/fixtures/pixels.ts';
import { startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** HDR films on screens that are not: white is white, red is red, and what is brighter is neither cut off nor grey. */

const PATCHES = [
  [203, 203, 203],
  [203, 0, 0],
  [40, 40, 40],
  [0, 203, 0],
  [800, 800, 800],
  [0.5, 0.5, 0.5],
] as const;
/** As zimg and ffmpeg make them; taken as they stand, red would be a brown of 135 82 54. */
const EXPECTED = [
  [217, 217, 217],
  [217, 6, 0],
  [130, 130, 130],
  [0, 217, 0],
  [252, 252, 252],
  [20, 20, 20],
] as const;

function check(picture: Picture, what: string, by = 14): void {
  const patch = picture.width / PATCHES.length;
  for (const [n, colour] of EXPECTED.entries()) {
    const found = picture.at((n + 0.5) * patch, picture.height / 2);
    expect(near(found, colour, by), `${what}, patch ${n}: ${found.join(' ')} for ${colour.join(' ')}`).to.equal(true);
  }
}

describe('HDR films', function () {
  this.timeout(120_000);
  let server: TestServer;
  let client: ReturnType<typeof filmClient>;

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    client = filmClient(server);
    await client.add('pq.mp4', hdrFilm(PATCHES, 'pq'));
    await client.add('hlg.mp4', hdrFilm(PATCHES, 'hlg'));
    await client.add('untagged.mp4', hdrFilm(PATCHES, 'pq', { tagged: false }));
    await client.add('base.mp4', quarterFilm({ seconds: 1 }));
  });
  after(() => server?.close());

  for (const target of ['pq.mp4', 'pq.mp4?tr=f-webm', 'pq.mp4?tr=f-webm,vc-av1', 'hlg.mp4', 'untagged.mp4', 'pq.mp4?tr=w-120']) {
    // Colours of neighbours run into each other in half size; HLG's gamma goes by brightness.
    it(`show what was meant: ${target}`, async () => {
      check(await pictureOf(frameOfFilm(await client.film(`/cdn/${target}`), 0.5)), target, target.includes('hlg') ? 20 : 14);
    });
  }

  for (const target of [
    'pq.mp4/ik-thumbnail.jpg?tr=f-png',
    'pq.mp4/ik-thumbnail.jpg?tr=so-1,f-png',
    'hlg.mp4/ik-thumbnail.jpg?tr=so-0.5,f-png',
  ]) {
    it(`have such stills: ${target}`, async () => check(await pictureOf(await client.film(`/cdn/${target}`)), target, 20));
  }

  it('have such ladders and sprites, and lie so in other films', async () => {
    const master = await (await client.made('/cdn/pq.mp4/ik-master.m3u8?tr=sr-240')).text();
    const base = /^(.*\/)240\.m3u8$/m.exec(master)?.[1] ?? '';
    const parts = await Promise.all(['240-init.mp4', '240-0.m4s'].map((name) => client.film(base + name)));
    check(await pictureOf(frameOfFilm(Buffer.concat(parts), 0.5)), 'a rung');
    const sprite = await pictureOf(await client.film('/cdn/pq.mp4/ik-sprite.jpg?tr=w-240'));
    expect(near(sprite.at(20, 20), EXPECTED[0], 20), sprite.at(20, 20).join(' ')).to.equal(true);
    const laid = await pictureOf(frameOfFilm(await client.film('/cdn/base.mp4?tr=l-video,i-pq.mp4,lx-0,ly-0,l-end'), 0.5));
    expect(near(laid.at(PATCH * 1.5, PATCH / 2), EXPECTED[1], 14), laid.at(PATCH * 1.5, PATCH / 2).join(' ')).to.equal(true);
  });

  it('come out alike where ffmpeg has no zimg', async () => {
    for (const transfer of ['pq', 'hlg'] satisfies Hdr['transfer'][]) {
      const folder = mkdtempSync(join(tmpdir(), 'damson-hdr-'));
      try {
        const [input, output] = [join(folder, 'in.mp4'), join(folder, 'out.mp4')];
        writeFileSync(input, hdrFilm(PATCHES, transfer));
        const graph = `[0:v]${toneMap({ transfer, tagged: true }, new Set()).join(',')}[out]`;
        expect(graph).not.to.contain('zscale');
        const codec = ['-c:v', 'libx264', '-crf', '6'];
        const done = spawnSync('ffmpeg', [
          '-nostdin',
          '-v',
          'error',
          '-i',
          input,
          '-filter_complex',
          graph,
          '-map',
          '[out]',
          ...codec,
          output,
        ]);
        expect(done.stderr.toString()).to.equal('');
        const png = spawnSync('ffmpeg', ['-v', 'error', '-i', output, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-']).stdout;
        check(await pictureOf(png), transfer, 20);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });
});

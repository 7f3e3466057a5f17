import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type HlsPlayer from 'hls.js';
import { quarterFilm } from '../support/fixtures/films.ts';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { openRoom, type Room, type Visit } from './support/browser.ts';

/** What a site that embeds a film does: hls.js on a page of another origin. */

const HLS = readFileSync(createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js'));
const PAGE = '<!doctype html><title>film</title><video id="film" muted playsinline></video><script src="/hls.js"></script>';

describe('a streaming ladder on the page of a customer', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;
  let id: string;
  let site: Server;
  let origin: string;

  before(async function () {
    requireTool(this, 'chromium');
    requireTool(this, 'ffmpeg');
    room = await openRoom();
    const film = quarterFilm({ width: 960, height: 540, seconds: 30 });
    const { body } = await upload(room.server.api, 'launch.mp4', film, { publish: 'true' });
    id = String(body['id']);
    await settled(room.server.api, id);
    site = createServer((req, res) => {
      const script = req.url === '/hls.js';
      res.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html' });
      res.end(script ? HLS : PAGE);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    visit = await room.visit();
  });
  after(async () => {
    site?.close();
    await room?.close();
  });

  it('plays from the beginning while it is made, to the end, and in another rung', async () => {
    const { page } = visit;
    await page.goto(origin);
    const manifest = `${room.server.url}/cdn/launch.mp4/ik-master.m3u8?tr=sr-240_480`;
    const told = await page.evaluate(async (url) => {
      // As docs/transformations.md has it; 202 means: ask again.
      while ((await fetch(url)).status === 202) await new Promise((resolve) => setTimeout(resolve, 200));
      const { Hls } = window as unknown as { Hls: typeof HlsPlayer };
      const video = document.querySelector('video') as HTMLVideoElement;
      const hls = new Hls();
      const fatal: string[] = [];
      hls.on(Hls.Events.ERROR, (_event, data) => {
        if (data.fatal) fatal.push(data.details);
      });
      hls.loadSource(url);
      hls.attachMedia(video);
      await new Promise((resolve) => hls.once(Hls.Events.MANIFEST_PARSED, resolve));
      const began = performance.now();
      video.playbackRate = 1;
      await video.play();
      await new Promise<void>((resolve) => {
        video.ontimeupdate = () => video.currentTime > 1 && resolve();
      });
      const startedAt = video.currentTime;
      hls.currentLevel = hls.levels.length - 1;
      video.playbackRate = 8;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`stopped at ${video.currentTime}: ${fatal.join()}`)), 60_000);
        video.onended = () => {
          clearTimeout(late);
          resolve();
        };
      });
      const canvas = document.createElement('canvas');
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      return {
        levels: hls.levels.map(({ height }) => height),
        startedAt,
        seconds: video.duration,
        size: [video.videoWidth, video.videoHeight],
        fatal,
        took: performance.now() - began,
      };
    }, manifest);
    expect(told.levels).to.deep.equal([240, 480]);
    expect(told.startedAt).to.be.within(1, 4);
    expect(told.seconds).to.be.closeTo(30, 0.5);
    expect(told.size).to.deep.equal([854, 480]);
    expect(told.fatal).to.deep.equal([]);
  });

  it('lets a page of another origin draw its frames', async () => {
    const { page } = visit;
    const colour = await page.evaluate(() => {
      const video = document.querySelector('video') as HTMLVideoElement;
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      context.drawImage(video, 0, 0);
      return [...context.getImageData(100, 100, 1, 1).data.slice(0, 3)];
    });
    expect(colour[0]).to.be.above(160);
    expect(colour[1]).to.be.below(80);
  });

  it('is offered to people in the app, who choose a quality', async () => {
    const { page, problems } = visit;
    await page.goto(`${room.server.url}/assets/${id}`);
    await page.getByRole('button', { name: 'Stream in other qualities' }).click();
    await page.getByText('540p').waitFor();
    const labels = await page.getByRole('radiogroup', { name: 'Quality' }).locator('label').allInnerTexts();
    expect(labels).to.deep.equal(['Auto', '360p', '540p']);
    await page.getByText('540p').click();
    const height = await page.evaluate(async () => {
      const video = document.querySelector('video') as HTMLVideoElement;
      video.muted = true;
      await video.play();
      await new Promise<void>((resolve) => {
        video.ontimeupdate = () => video.currentTime > 0.5 && video.videoHeight === 540 && resolve();
      });
      return [video.videoHeight, video.currentSrc.startsWith('blob:')];
    });
    expect(height).to.deep.equal([540, true]);
    expect(problems).to.deep.equal([]);
  });

  const source = () => visit.page.evaluate(() => document.querySelector('video')?.currentSrc ?? '');

  it('goes on when the page reads the film again with another token', async () => {
    const { page } = visit;
    const address = `**/api/v1/assets/${id}`;
    const read = page.waitForResponse(
      (response) => response.url().endsWith(`/api/v1/assets/${id}`) && response.request().method() === 'GET',
    );
    await page.route(address, async (route) => {
      const response = await route.fetch();
      const asset = (await response.json()) as { urls?: { transform: string } };
      if (asset.urls) asset.urls.transform = asset.urls.transform.replace(/token=.*/, 'token=another');
      await route.fulfill({ response, json: asset });
    });
    const current = (await (await room.server.api(`/api/v1/assets/${id}`)).json()) as { rowVersion: number };
    await room.server.api(`/api/v1/assets/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${current.rowVersion}"` },
      body: JSON.stringify({ title: 'The launch' }),
    });
    await read;
    await page.getByText('The launch').first().waitFor();
    expect(await source()).to.match(/^blob:/);
    expect(await page.getByRole('radiogroup', { name: 'Quality' }).count()).to.equal(1);
    await page.unroute(address);
  });

  it('gives way to the clip, where it was, when the film is replaced; what is refused is said in the words of the reader', async () => {
    const { page, problems } = visit;
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(quarterFilm({ width: 640, height: 360, seconds: 6 }))]), 'launch.mp4');
    form.set('onConflict', 'version');
    expect((await room.server.api('/api/v1/assets', { method: 'POST', body: form })).status).to.equal(201);
    await settled(room.server.api, id);
    await until('the clip', async () => /\/clip/.test(await source()));
    await page.route('**/ik-master.m3u8?**', (route) =>
      route.fulfill({ status: 503, headers: { 'ik-error': 'EBUSY - too many films of this workspace are being made' } }),
    );
    await page.getByRole('button', { name: 'Stream in other qualities' }).click();
    await page.getByRole('alert').getByText('No stream: too many films are being made. Try again in a while.').waitFor();
    expect(await source()).to.match(/\/clip/);
    expect(problems).to.deep.equal([]);
  });
});

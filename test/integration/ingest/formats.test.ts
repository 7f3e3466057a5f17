import { expect } from 'chai';
import sharp from 'sharp';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { ffconcat, fuzzed, hlsPlaylist, pngBomb } from '../../support/fixtures/hostile.ts';
import * as images from '../../support/fixtures/images.ts';
import { twoPages } from '../../support/fixtures/pdf.ts';
import { goodSvg, useBomb } from '../../support/fixtures/svg.ts';
import { av, type AvExtension } from '../../support/fixtures/video.ts';
import { requireTool } from '../../support/tools.ts';

/** Files of every kind through the whole product: each ends ready, with a true preview or a reason. */
describe('ingest', function () {
  this.timeout(120_000);
  let server: TestServer;

  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const through = async (name: string, bytes: Buffer) => {
    const { status, body } = await upload(server.api, name, bytes, { folder: '/ingest' });
    expect(status, name).to.equal(201);
    return settled(server.api, body.id);
  };
  const thumbnailOf = async (asset: Record<string, any>) => {
    const response = await fetch(asset['urls'].thumbnail);
    expect(response.status, asset['name']).to.equal(200);
    return sharp(Buffer.from(await response.arrayBuffer())).metadata();
  };

  it('previews every raster format, whatever the name says', async () => {
    const files: [string, Promise<Buffer>, string][] = [
      ['a.jpg', images.jpeg(), 'image/jpeg'],
      ['b.txt', images.png(), 'image/png'],
      ['c', images.webp(), 'image/webp'],
      ['d.exe', images.avif(), 'image/avif'],
      ['e.jpg', images.gif(), 'image/gif'],
      ['f.tif', images.tiff(), 'image/tiff'],
    ];
    for (const [name, bytes, mime] of files) {
      const asset = await through(name, await bytes);
      expect(asset, name).to.include({ status: 'ready', kind: 'image', mime, width: 320, height: 240 });
      expect(asset.preview.state, name).to.equal('ready');
      expect(await thumbnailOf(asset), name).to.include({ format: 'webp', width: 320, height: 240 });
    }
  });

  it('previews SVG and PDF from a still that delivery starts from', async () => {
    for (const [name, bytes, mime] of [
      ['drawing.svg', Buffer.from(goodSvg), 'image/svg+xml'],
      ['pages.pdf', twoPages(), 'application/pdf'],
    ] as const) {
      const asset = await through(name, bytes);
      expect(asset, name).to.include({ status: 'ready', mime });
      expect(asset.preview.state, `${name} ${asset.preview.detail}`).to.equal('ready');
      expect(
        asset.renditions.map((item: { name: string }) => item.name),
        name,
      ).to.include('mezzanine');
      expect((await thumbnailOf(asset)).format).to.equal('webp');
      await server.api(`/api/v1/assets/${asset.id}/publish`, { method: 'POST' });
      const served = await server.raw(`/cdn/tr:w-100,f-png/ingest/${name}`);
      expect(served.status, name).to.equal(200);
      expect(served.headers.get('content-type')).to.equal('image/png');
      expect((await server.raw(`/cdn/tr:orig-true/ingest/${name}`)).status, 'stored bytes are not released').to.equal(403);
    }
  });

  it('previews video and audio with a still and a short web clip', async function () {
    requireTool(this, 'ffmpeg');
    for (const extension of ['mp4', 'webm', 'avi', 'mp3', 'wav'] as AvExtension[]) {
      const asset = await through(`clip.${extension}`, av(extension));
      expect(asset.preview.state, `${extension} ${asset.preview.detail}`).to.equal('ready');
      expect(asset.duration, extension).to.be.greaterThan(0);
      expect((await thumbnailOf(asset)).format).to.equal('webp');
      const clip = await server.api(new URL(asset.preview.clip).pathname, { headers: { Range: 'bytes=0-99' } });
      expect(clip.status, extension).to.equal(206);
      expect(clip.headers.get('content-type'), extension).to.match(/^(video|audio)\/mp4/);
      await clip.arrayBuffer();
    }
  });

  it('stores what it cannot show, and says why', async () => {
    const jpeg = await images.jpeg(1200, 900);
    const cases: [string, Buffer, { state: string; reason?: string }][] = [
      ['notes.txt', Buffer.from('plain text'), { state: 'none', reason: 'unsupported_type' }],
      ['page.html', Buffer.from('<html><script>alert(1)</script></html>'), { state: 'none' }],
      ['empty.png', Buffer.alloc(0), { state: 'failed', reason: 'empty' }],
      ['cut.jpg', jpeg.subarray(0, 300), { state: 'failed' }],
      ['bomb.png', pngBomb(30_000, 30_000), { state: 'failed' }],
      ['bomb.svg', Buffer.from(useBomb()), { state: 'failed' }],
      ['movie.mp4', Buffer.from(hlsPlaylist('file:///etc/passwd')), { state: 'none' }],
      ['list.mp4', Buffer.from(ffconcat('/etc/passwd')), { state: 'none' }],
    ];
    for (const [name, bytes, { state, reason }] of cases) {
      const asset = await through(name, bytes);
      expect(asset.status, name).to.equal('ready');
      expect(asset.preview.state, `${name}: ${JSON.stringify(asset.preview)}`)
        .to.be.oneOf([state, 'none', 'failed'])
        .and.not.equal('ready');
      if (reason) expect(asset.preview.reason, name).to.equal(reason);
      expect(asset.preview.detail, name).to.be.a('string').and.not.include(server.dataDir);
      const original = await server.api(`/api/v1/assets/${asset.id}/original`);
      expect(Buffer.from(await original.arrayBuffer()).equals(bytes), name).to.equal(true);
      expect(original.headers.get('content-security-policy'), name).to.include('sandbox');
      expect(original.headers.get('content-disposition'), name).to.match(/^attachment/);
    }
  });

  it('ends every fuzzed picture in a final state, and takes the next good one', async () => {
    const jpeg = await images.jpeg();
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => (await upload(server.api, `fuzz-${seed}.jpg`, fuzzed(jpeg, seed))).body.id as string),
    );
    for (const id of ids) expect((await settled(server.api, id)).status).to.equal('ready');
    expect((await through('good.jpg', jpeg)).preview.state).to.equal('ready');
  });

  it('keeps an animation moving in its delivery and still at its size', async () => {
    const asset = await through('moving.gif', await images.animated('gif'));
    await server.api(`/api/v1/assets/${asset.id}/publish`, { method: 'POST' });
    const served = await server.raw('/cdn/tr:w-40,f-webp/ingest/moving.gif');
    expect(served.status).to.equal(200);
    expect((await sharp(Buffer.from(await served.arrayBuffer()), { animated: true }).metadata()).pages).to.equal(4);
  });
});

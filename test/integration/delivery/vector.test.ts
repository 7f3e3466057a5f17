import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { near, pictureOf, quadrants } from '../../support/fixtures/pixels.ts';
import { hasTool } from '../../support/tools.ts';

/** SVG as SVG: sanitised and scaled, from the URL to what is drawn. */

const TEAL = [13, 148, 136];
const GOLD = [253, 224, 71];
const HOSTILE = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" onload="alert(1)"><script>alert(1)</script>
  <rect width="200" height="100" fill="#0d9488"/><rect width="100" height="100" fill="#fde047"/><image href="https://canary.test/a.png" width="9" height="9"/></svg>`;

describe('SVG by address', function () {
  this.timeout(90_000);
  let server: TestServer;
  let id: string;

  before(async () => {
    server = await startServer();
    id = await bring('mark.svg', Buffer.from(HOSTILE));
    await bring('packed.svgz', gzipSync(HOSTILE));
    await bring('q.png', await quadrants());
  });
  after(() => server?.close());

  async function bring(name: string, bytes: Buffer): Promise<string> {
    const { body } = await upload(server.api, name, bytes, { folder: '/v', publish: 'true' });
    await settled(server.api, body.id);
    return body.id;
  }
  const get = (path: string, headers: Record<string, string> = {}) => server.raw(`/cdn/v/${path}`, { headers });
  async function vector(path: string): Promise<string> {
    const answer = await get(path, { Accept: 'image/avif,image/webp,*/*' });
    expect([answer.status, answer.headers.get('content-type')], path).to.deep.equal([200, 'image/svg+xml']);
    return answer.text();
  }

  it('leaves the house as one, without what could run or fetch, and locked in', async () => {
    for (const path of ['mark.svg', 'mark.svg?tr=f-svg', 'mark.svg?tr=f-orig', 'mark.svg?tr=f-auto', 'packed.svgz']) {
      const text = await vector(path);
      expect(text, path).not.to.match(/script|alert|onload|canary/);
      const picture = await pictureOf(Buffer.from(text));
      expect([picture.width, picture.height], path).to.deep.equal([200, 100]);
      expect(near(picture.at(50, 50), GOLD) && near(picture.at(150, 50), TEAL), path).to.equal(true);
    }
    const answer = await get('mark.svg');
    expect(answer.headers.get('content-security-policy')).to.match(/default-src 'none';.*sandbox/);
    expect(answer.headers.get('x-content-type-options')).to.equal('nosniff');
    expect(answer.headers.get('content-disposition')).to.equal('inline; filename=mark.svg');
    const etag = answer.headers.get('etag') ?? '';
    expect((await get('mark.svg', { 'If-None-Match': etag })).status).to.equal(304);
    const part = await get('mark.svg', { Range: 'bytes=0-3' });
    expect([part.status, await part.text()]).to.deep.equal([206, '<svg']);
  });

  it('is scaled in its own way', async () => {
    for (const [tr, width, height] of [
      ['w-100', 100, 50],
      ['w-400', 400, 200],
      ['h-30,f-svg', 60, 30],
      ['w-50,h-50,c-force', 50, 50],
      ['w-50,h-50,c-at_max', 50, 25],
    ] as const) {
      const picture = await pictureOf(Buffer.from(await vector(`mark.svg?tr=${tr}`)));
      expect([picture.width, picture.height], tr).to.deep.equal([width, height]);
      const at = (x: number) => picture.at(Math.floor(width * x), Math.floor(height / 2));
      expect(near(at(0.1), GOLD) && near(at(0.9), TEAL), `${tr}: ${at(0.1)} ${at(0.9)}`).to.equal(true);
    }
  });

  it('becomes a raster by a raster format, and where more than a size is asked for', async () => {
    for (const [path, format, width] of [
      ['mark.svg?tr=w-100,f-png', 'png', 100],
      ['mark.svg?tr=w-100,f-webp', 'webp', 100],
      ['mark.svg?tr=w-100,e-grayscale', 'webp', 100],
      ['mark.svg?tr=w-50,h-50', 'webp', 50],
      ['mark.svg/ik-thumbnail.jpg?tr=w-80', 'webp', 80],
    ] as const) {
      const answer = await get(path, { Accept: 'image/webp' });
      const meta = await sharp(await answer.arrayBuffer()).metadata();
      expect([answer.status, meta.format, meta.width], path).to.deep.equal([200, format, width]);
    }
  });

  it('is 400 with the reason where f-svg cannot be', async () => {
    for (const path of [
      'q.png?tr=f-svg',
      'q.png?tr=w-10,f-svg',
      'mark.svg?tr=f-svg,rt-90',
      'mark.svg?tr=f-svg,md-true',
      'mark.svg/ik-thumbnail.jpg?tr=f-svg',
    ]) {
      const answer = await get(path);
      expect(answer.status, path).to.equal(400);
      expect(await answer.json(), path).to.include({ code: 'delivery_parameter', parameter: 'f' });
    }
  });

  it('is the stored file, byte for byte, only where that is released', async () => {
    expect((await get('mark.svg?tr=orig-true')).status).to.equal(403);
    expect((await get('mark.svg?tr=w-90,md-true')).status, 'all metadata is the matter of the original').to.equal(403);
    const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ releaseOriginal: true }) };
    expect((await server.api(`/api/v1/assets/${id}/publish`, request)).status).to.equal(200);
    const answer = await get('mark.svg?tr=orig-true');
    expect(await answer.text()).to.equal(HOSTILE);
    expect(answer.headers.get('content-disposition')).to.match(/^attachment/);
    expect(await vector('mark.svg')).not.to.contain('script');
    if (!hasTool('perl')) return;
    const picture = await get('mark.svg?tr=w-90,md-true', { Accept: 'image/webp' });
    expect([picture.status, picture.headers.get('content-type')], 'a picture may have metadata').to.deep.equal([200, 'image/webp']);
  });
});

import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import sharp, { type Color } from 'sharp';
import type { Key } from '../../../src/platform/storage/storage.ts';
import { blackFirstMp4 } from '../../support/fixtures/video.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { hasTool } from '../../support/tools.ts';

/** Decisions 1: lossless with alpha or few colours, else quality 92. */
describe('the mezzanine', function () {
  this.timeout(120_000);
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const flat = (channels: 3 | 4, background: Color) =>
    sharp({ create: { width: 4100, height: 3000, channels, background } }).composite([
      { input: Buffer.from('<svg width="900" height="900"><rect width="900" height="900" fill="#c00"/></svg>'), left: 50, top: 50 },
    ]);
  /** First chunk of the stored WebP: `VP8L` is lossless. */
  async function chunkOf(name: string, bytes: Buffer): Promise<string> {
    const { body } = await upload(server.api, name, bytes);
    expect((await settled(server.api, body['id']))['preview'], name).to.include({ state: 'ready' });
    const [row] = await server.container.database.sql.query<{ key: string }>(
      {},
      `select r.storage_key as key from rendition r join asset a on a.current_version_id = r.version_id where a.id = $1 and r.name = 'mezzanine'`,
      [body['id']],
    );
    const object = await server.container.storage.read((row?.key ?? '') as Key);
    if (object === null) throw new Error(`${name} has no mezzanine in the store`);
    const stored = await buffer(object.stream);
    // An extended header (profile, alpha) stands before the picture's own chunk.
    return /VP8[L ]/.exec(stored.toString('latin1', 12, 4096))?.[0] ?? 'none';
  }

  it('is lossless for few colours, whether in a palette or not, and for alpha', async () => {
    const picture = await flat(3, '#fff').png().toBuffer();
    expect(await chunkOf('truecolour.png', picture)).to.equal('VP8L');
    expect(await chunkOf('palette.png', await sharp(picture).png({ palette: true }).toBuffer())).to.equal('VP8L');
    expect(await chunkOf('alpha.png', await flat(4, { r: 0, g: 0, b: 0, alpha: 0 }).png().toBuffer())).to.equal('VP8L');
  });

  it('is not for pictures of many colours, stills of films among them', async () => {
    const shades = Buffer.from(
      '<svg width="4100" height="3000"><linearGradient id="g" x2="1" y2="1"><stop stop-color="#f80"/><stop offset="1" stop-color="#03c"/></linearGradient><rect width="4100" height="3000" fill="url(#g)"/></svg>',
    );
    expect(await chunkOf('shades.png', await sharp(shades).removeAlpha().png().toBuffer())).to.equal('VP8 ');
    expect(await chunkOf('photo.jpg', await sharp(shades).jpeg().toBuffer())).to.equal('VP8 ');
    if (hasTool('ffmpeg')) expect(await chunkOf('film.mp4', blackFirstMp4())).to.equal('VP8 ');
  });
});

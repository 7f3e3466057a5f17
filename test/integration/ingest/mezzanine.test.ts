import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import sharp, { type Color } from 'sharp';
import type { Key } from '../../../src/platform/storage/storage.ts';
import { blackFirstMp4 } from '../../support/fixtures/video.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { hasTool } from '../../support/tools.ts';

const WIDTH = 410;
const SHADES = Buffer.from(
  `<svg width="${WIDTH}" height="300"><linearGradient id="g" x2="1" y2="1"><stop stop-color="#f80"/><stop offset="1" stop-color="#03c"/></linearGradient><rect width="410" height="300" fill="url(#g)"/></svg>`,
);

/** ADR 332: lossless WebP with alpha or few colours, else JPEG. */
describe('the mezzanine', function () {
  this.timeout(120_000);
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const flat = (channels: 3 | 4, background: Color) =>
    sharp({ create: { width: WIDTH, height: 300, channels, background } }).composite([
      { input: Buffer.from('<svg width="90" height="90"><rect width="90" height="90" fill="#c00"/></svg>'), left: 50, top: 50 },
    ]);
  /** `JPEG`, or the first chunk of the stored WebP: `VP8L` is lossless. */
  async function codingOf(name: string, bytes: Buffer): Promise<string> {
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
    if (stored.readUInt16BE(0) === 0xffd8) return 'JPEG';
    // An extended header (profile, alpha) stands before the picture's own chunk.
    return /VP8[L ]/.exec(stored.toString('latin1', 12, 4096))?.[0] ?? 'none';
  }

  it('is lossless for few colours, whether in a palette or not, and for alpha', async () => {
    expect(await codingOf('truecolour.tif', await flat(3, '#fff').tiff({ compression: 'lzw' }).toBuffer())).to.equal('VP8L');
    expect(await codingOf('alpha.tif', await flat(4, { r: 0, g: 0, b: 0, alpha: 0 }).tiff({ compression: 'lzw' }).toBuffer())).to.equal(
      'VP8L',
    );
    // A palette is known from the header; PNG gets a mezzanine from 12 megapixels.
    const palette = sharp({ create: { width: 4100, height: 3000, channels: 3, background: '#c00' } }).png({ palette: true });
    expect(await codingOf('palette.png', await palette.toBuffer())).to.equal('VP8L');
  });

  it('is lossless for one transparent pixel, and not for an alpha channel that hides nothing', async () => {
    const hole = { input: { create: { width: 1, height: 1, channels: 4, background: '#fff' } } } as const;
    const cut = await sharp(SHADES)
      .composite([{ ...hole, left: WIDTH - 1, top: 151, blend: 'dest-out' }])
      .tiff({ compression: 'lzw' })
      .toBuffer();
    expect(await codingOf('hole.tif', cut)).to.equal('VP8L');
    const opaque = await sharp(SHADES).ensureAlpha().tiff({ compression: 'lzw' }).toBuffer();
    expect((await sharp(opaque).metadata()).hasAlpha).to.equal(true);
    expect(await codingOf('opaque.tif', opaque)).to.equal('JPEG');
  });

  it('is not for pictures of many colours, stills of films among them', async () => {
    expect(await codingOf('shades.tif', await sharp(SHADES).removeAlpha().tiff({ compression: 'lzw' }).toBuffer())).to.equal('JPEG');
    if (hasTool('ffmpeg')) expect(await codingOf('film.mp4', blackFirstMp4())).to.equal('JPEG');
  });
});

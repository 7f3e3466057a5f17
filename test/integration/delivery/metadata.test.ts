import { expect } from 'chai';
import { exiftool } from 'exiftool-vendored';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { MetadataPolicy } from '../../../migrations/3040-metadata-policy.ts';
import { RightsAgain } from '../../../migrations/3081-rights-again.ts';
import { rightsOf } from '../../../src/modules/library/metadata/index.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { psd as flat } from '../../support/fixtures/colour.ts';
import { near, pictureOf, quadrants } from '../../support/fixtures/pixels.ts';
import { requireTool } from '../../support/tools.ts';

/** What derivatives say beside their pixels, read back by ExifTool, in the whole product. */

type Tags = Record<string, unknown>;

const AI = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const LICENCE = 'https://example.com/licence?a=1&b=2';
const SAID = {
  'XMP-dc:Creator': ['Jane & John', 'Zoë'],
  'XMP-dc:Rights': '© 2026 <Damson>',
  'XMP-photoshop:Credit': 'Damson Press',
  'XMP-xmpRights:UsageTerms': 'Press only',
  'XMP-xmpRights:WebStatement': LICENCE,
  'XMP-iptcExt:DigitalSourceType': AI,
};
const WRITTEN = [
  ...['-XMP-dc:Creator=Jane & John', '-XMP-dc:Creator=Zoë', '-XMP-dc:Rights=© 2026 <Damson>', '-XMP-photoshop:Credit=Damson Press'],
  ...['-XMP-xmpRights:UsageTerms=Press only', `-XMP-xmpRights:WebStatement=${LICENCE}`, `-XMP-iptcExt:DigitalSourceType=${AI}`],
  ...['-GPS:GPSLatitude=48.5', '-GPS:GPSLatitudeRef=N', '-GPS:GPSLongitude=9.1', '-GPS:GPSLongitudeRef=E', '-XMP-exif:GPSLatitude=48.5'],
  ...['-XMP-iptcExt:LocationCreatedGPSLatitude=48.5', '-ExifIFD:SerialNumber=SN-4711', '-XMP-aux:SerialNumber=SN-4711'],
  ...[
    '-XMP-drone-dji:Latitude=48.5',
    '-XMP-drone-dji:Longitude=9.1',
    '-XMP-drone-dji:AbsoluteAltitude=341.7',
    '-XMP-drone-dji:RtkStdLat=0.0123',
  ],
  ...['-XMP-dwc:DCDecimalLatitude=48.5', '-XMP-dwc:DCFootprintWKT=POINT (9.1 48.5)', '-XMP-dwc:DCVerbatimLongitude=9.1'],
  ...['-XMP-iptcExt:RatingRegionGPSLatitude=48.5', '-XMP-iptcExt:RecDeviceSerialNumber=SN-4711', '-XMP-cell:CellTowerID=SN-4711'],
  ...['-IFD0:Make=Acme', '-IFD0:Model=One', '-ExifIFD:ISO=400', '-IFD0:Orientation#=6', '-XMP-tiff:Orientation#=6'],
];

/** The position and the serial number of the files below, as ExifTool prints them. */
const TELLING = /48\.5\b|48 deg 30'|\b9\.1\b|9 deg 6'|341\.7|0\.0123|SN-4711/;

const PSD = { data: Buffer.alloc(300 * 200 * 3, 90), width: 300, height: 200, bits: 8, colours: 'rgb', alpha: false, icc: null } as const;

describe('metadata of derivatives', function () {
  this.timeout(120_000);
  let server: TestServer;
  let dir: string;
  let ids: Record<string, string>;
  /** `said.jpg` as it was uploaded. */
  let original: Buffer;

  before(async function () {
    requireTool(this, 'perl');
    server = await startServer();
    dir = await mkdtemp(join(tmpdir(), 'damson-metadata-'));
    const stored = sharp(await quadrants(300, 400));
    original = await written(await stored.clone().jpeg({ quality: 95 }).toBuffer(), [...WRITTEN, '-IPTC:City=Tübingen']);
    ids = {
      said: await bring('said.jpg', original),
      kept: await bring('kept.jpg', await written(await stored.clone().jpeg({ quality: 95 }).toBuffer(), WRITTEN), false),
      silent: await bring('silent.jpg', await stored.clone().jpeg().toBuffer()),
      // A mezzanine stands for it, which has no metadata.
      slow: await bring('slow.tiff', await written(await stored.clone().tiff({ compression: 'lzw' }).toBuffer(), WRITTEN)),
      drawn: await bring('drawn.psd', await written(flat(PSD, true), WRITTEN)),
      exif: await bring('exif.png', await written(await quadrants(40, 30), ['-IFD0:Artist=Old Camera', '-IFD0:Copyright=(c) Old'])),
      moving: await bring('moving.gif', await written(await gif(), WRITTEN.slice(0, 7))),
    };
  });
  after(async () => {
    await exiftool.end();
    await server?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  const gif = async () => {
    const frame = (background: string) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toBuffer();
    return sharp([await frame('red'), await frame('blue')], { join: { animated: true } })
      .gif({ delay: [90, 90] })
      .toBuffer();
  };

  async function written(bytes: Buffer, args: string[]): Promise<Buffer> {
    const path = join(dir, `in-${Math.random().toString(36).slice(2)}`);
    await writeFile(path, bytes);
    await exiftool.write(path, {}, { writeArgs: ['-overwrite_original', '-codedcharacterset=utf8', ...args] });
    return readFile(path);
  }

  async function tagsOf(bytes: Buffer): Promise<Tags> {
    const path = join(dir, `out-${Math.random().toString(36).slice(2)}`);
    await writeFile(path, bytes);
    return (await exiftool.readRaw(path, { readArgs: ['-G1', '-a', '-json'] })) as unknown as Tags;
  }

  async function bring(name: string, bytes: Buffer, release = true): Promise<string> {
    const { body } = await upload(server.api, name, bytes, { folder: '/m', publish: 'true' });
    await settled(server.api, body.id);
    if (release) {
      const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ releaseOriginal: true }) };
      expect((await server.api(`/api/v1/assets/${body.id}/publish`, request)).status).to.equal(200);
    }
    return body.id;
  }

  async function patch(id: string, body: unknown): Promise<void> {
    const { headers } = await server.api(`/api/v1/assets/${id}`);
    const answer = await server.api(`/api/v1/assets/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': headers.get('etag') ?? '' },
      body: JSON.stringify(body),
    });
    expect(answer.status).to.equal(200);
  }

  const policy = async (metadata: string): Promise<void> => {
    const { api } = await server.as('admin', ['assets:read', 'workspace:manage']);
    const body = JSON.stringify({ metadata });
    const answer = await api('/api/v1/delivery-settings', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body });
    expect(answer.status).to.equal(200);
  };

  const get = (path: string, headers: Record<string, string> = {}) => server.raw(`/cdn/m/${path}`, { headers });
  async function delivered(path: string): Promise<{ tags: Tags; bytes: Buffer; etag: string }> {
    const answer = await get(path);
    expect(answer.status, `${path}: ${answer.headers.get('ik-error')}`).to.equal(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { bytes, tags: await tagsOf(bytes), etag: answer.headers.get('etag') ?? '' };
  }

  /** Whatever the tags are called. */
  const telling = (tags: Tags) =>
    Object.entries(tags).filter(([name, value]) => !/^(System:|SourceFile)/.test(name) && TELLING.test(JSON.stringify(value)));

  /** Nothing that says where, with which camera, or which side is up. */
  function expectHarmless(tags: Tags, what: string): void {
    expect(telling(tags), what).to.deep.equal([]);
    expect(
      Object.keys(tags).filter((name) => /GPS|Serial|Location(Created|Shown)|MakerNotes/i.test(name)),
      what,
    ).to.deep.equal([]);
    const turned = Object.entries(tags).filter(([name, value]) => name.endsWith(':Orientation') && !String(value).startsWith('Horizontal'));
    expect(turned, what).to.deep.equal([]);
  }

  it('says again whose a picture is and how it came about, in every format, and nothing else of the file', async () => {
    for (const format of ['jpg', 'png', 'webp', 'avif']) {
      const { tags, bytes } = await delivered(`said.jpg?tr=w-200,f-${format}`);
      expect(tags, format).to.deep.include(SAID);
      expect(tags, format).to.deep.include({ 'IFD0:Artist': ['Jane & John', 'Zoe'], 'IFD0:Copyright': '(C) 2026 <Damson>' });
      expectHarmless(tags, format);
      for (const gone of ['IFD0:Make', 'ExifIFD:ISO', 'IPTC:City']) expect(tags, `${format} ${gone}`).not.to.have.property(gone);
      // Stored on its side: 300 x 400 with orientation 6 is 400 x 300 upright, red at the top right.
      const picture = await pictureOf(bytes);
      expect([picture.width, picture.height], format).to.deep.equal([200, 150]);
      expect(near(picture.at(190, 5), [200, 30, 30], 14), `${format} ${picture.at(190, 5).join()}`).to.equal(true);
    }
    const fromMezzanine = await delivered('slow.tiff?tr=w-100,f-webp');
    expect(fromMezzanine.tags).to.include({ 'XMP-iptcExt:DigitalSourceType': AI, 'XMP-dc:Rights': '© 2026 <Damson>' });
    const old = await delivered('exif.png?tr=w-20,f-webp');
    expect(old.tags).to.deep.include({ 'XMP-dc:Creator': 'Old Camera', 'XMP-dc:Rights': '(c) Old' });
  });

  it('keeps them in moving GIFs, which still move', async () => {
    const { tags, bytes } = await delivered('moving.gif?tr=w-20,f-gif');
    expect(tags).to.include({ 'XMP-iptcExt:DigitalSourceType': AI, 'XMP-photoshop:Credit': 'Damson Press' });
    const { pages, width, delay } = await sharp(bytes).metadata();
    expect([pages, width, delay]).to.deep.equal([2, 20, [90, 90]]);
    expect((await delivered('moving.gif?tr=w-20,f-webp')).tags).to.include({ 'XMP-iptcExt:DigitalSourceType': AI });
  });

  it('keeps all metadata with md-true, but neither positions nor serial numbers nor the old orientation', async () => {
    const there = ['GPS:GPSLatitude', 'XMP-exif:GPSLatitude', 'XMP-drone-dji:Latitude', 'XMP-drone-dji:AbsoluteAltitude'];
    const also = ['XMP-dwc:DCDecimalLatitude', 'XMP-iptcExt:RatingRegionGPSLatitude', 'XMP-iptcExt:RecDeviceSerialNumber'];
    expect(telling(await tagsOf(original)).map(([name]) => name)).to.include.members([...there, ...also]);
    for (const [path, format] of [
      ['said.jpg', 'jpg'],
      ['said.jpg', 'png'],
      ['said.jpg', 'webp'],
      ['said.jpg', 'avif'],
      ['slow.tiff', 'jpg'],
      ['drawn.psd', 'webp'],
    ]) {
      const what = `${path} ${format}`;
      const { tags, bytes } = await delivered(`${path}?tr=w-200,md-true,f-${format}`);
      expect(tags, what).to.include({ 'IFD0:Make': 'Acme', 'IFD0:Model': 'One', 'ExifIFD:ISO': 400, 'XMP-iptcExt:DigitalSourceType': AI });
      expectHarmless(tags, what);
      expect((await pictureOf(bytes)).width, what).to.equal(200);
    }
    expect((await delivered('said.jpg?tr=w-200,md-true,f-jpg')).tags).to.include({ 'IPTC:City': 'Tübingen' });
    const plain = await delivered('said.jpg?tr=w-200,md-false,f-jpg');
    expect(plain.tags, 'md-false is the default').not.to.have.property('IFD0:Make');
    expect(plain.etag).to.equal((await delivered('said.jpg?tr=w-200,f-jpg')).etag);
  });

  it('gives all metadata only where the original is released', async () => {
    const refused = await get('kept.jpg?tr=w-200,md-true');
    expect([refused.status, refused.headers.get('ik-error')?.split(' ')[0]]).to.deep.equal([403, 'EORIGINAL']);
    await policy('all');
    try {
      const { tags } = await delivered('kept.jpg?tr=w-210,f-jpg');
      expect(tags, 'a policy is no wish of the client: it gives what may be had').not.to.have.property('IFD0:Make');
      expect(tags).to.include({ 'XMP-iptcExt:DigitalSourceType': AI });
      expect((await delivered('said.jpg?tr=w-210,f-jpg')).tags).to.include({ 'IFD0:Make': 'Acme' });
    } finally {
      await policy('rights');
    }
  });

  it('follows the policy of the workspace and of named transformations, each with bytes of its own', async () => {
    const { api } = await server.as('admin', ['assets:read', 'workspace:manage']);
    const name = async (as: string, metadata: string | null) => {
      const body = JSON.stringify({ transformation: 'w-120,f-jpg', metadata });
      const answer = await api(`/api/v1/named-transformations/${as}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      expect(await answer.json()).to.include({ name: as, metadata });
    };
    await name('bare', 'strip');
    await name('whole', 'all');
    await name('usual', null);
    const [bare, whole, usual, plain] = await Promise.all(
      ['n-bare', 'n-whole', 'n-usual', 'w-120,f-jpg'].map((tr) => delivered(`said.jpg?tr=${tr}`)),
    );
    expect(Object.keys(bare?.tags ?? {}).filter((tag) => /^(XMP|IFD|ExifIFD|IPTC)/.test(tag))).to.deep.equal([]);
    expect(whole?.tags).to.include({ 'IFD0:Make': 'Acme' });
    expect(usual?.tags).to.include({ 'XMP-dc:Rights': '© 2026 <Damson>' });
    expect(usual?.etag).to.equal(plain?.etag);
    expect(new Set([bare, whole, usual].map((each) => each?.etag))).to.have.property('size', 3);
    await policy('strip');
    try {
      const now = await delivered('said.jpg?tr=n-usual');
      expect(now.etag, 'at once').to.equal(bare?.etag);
      expect((await delivered('said.jpg?tr=n-whole')).etag, 'the name decides').to.equal(whole?.etag);
      const { api: editor } = await server.as('editor');
      expect(await (await editor('/api/v1/delivery-settings')).json()).to.deep.equal({ metadata: 'strip' });
      const body = JSON.stringify({ metadata: 'all' });
      const put = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body };
      expect((await editor('/api/v1/delivery-settings', put)).status).to.equal(403);
    } finally {
      await policy('rights');
    }
  });

  it('is one derivative under all policies where the file says nothing, and stays it when values are edited', async () => {
    const { etag, tags } = await delivered('silent.jpg?tr=w-100,f-jpg');
    expect(Object.keys(tags).filter((tag) => /^(XMP|IFD|ExifIFD|IPTC)/.test(tag))).to.deep.equal([]);
    await policy('strip');
    const stripped = (await delivered('silent.jpg?tr=w-100,f-jpg')).etag;
    await policy('rights');
    expect(stripped).to.equal(etag);
    const before = await delivered('said.jpg?tr=w-100,f-jpg');
    await patch(ids.said ?? '', { metadata: { copyright: 'Somebody else', digital_source: 'none' } });
    const after = await delivered('said.jpg?tr=w-100,f-jpg');
    expect([after.etag, after.tags['XMP-dc:Rights']]).to.deep.equal([before.etag, '© 2026 <Damson>']);
  });

  it('is found in files that were read by an earlier version', async () => {
    const { dataSource } = server.container.database;
    const read = () => dataSource.query('select asset_id, rights from file_version order by asset_id');
    // What cameras and programs write beside the usual.
    const creators = Array.from({ length: 12 }, (_, n) => ` ${n} ${'x'.repeat(300)}`);
    const odd: Record<string, Tags> = {
      [ids.silent ?? '']: {
        'IFD0:XPAuthor': ' Windows ',
        'XMP-dc:Rights': ['one', ' two '],
        'XMP-xmpRights:WebStatement': `http://a/${'b'.repeat(500)}`,
      },
      [ids.exif ?? '']: {
        'XMP-dc:Creator': creators,
        'IFD0:Artist': 'nobody',
        'IPTC:Credit': 7,
        'XMP-xmpRights:UsageTerms': { 'x-default': 'None' },
      },
      [ids.moving ?? '']: { 'XMP-dc:Creator': ['', ' '], 'PNG:Author': 'Writer', 'XMP-iptcExt:DigitalSourceType': 'no address' },
    };
    for (const [id, embedded] of Object.entries(odd)) {
      const values = [id, JSON.stringify(embedded), JSON.stringify(rightsOf(embedded))];
      await dataSource.query('update file_version set embedded = $2, rights = $3 where asset_id = $1', values);
    }
    const before = await read();
    const runner = dataSource.createQueryRunner();
    try {
      await new MetadataPolicy().down(runner);
      await new MetadataPolicy().up(runner);
      await new RightsAgain().up(runner);
    } finally {
      await runner.release();
    }
    expect(await read()).to.deep.equal(before);
    const said = Object.fromEntries(before.map((row: { asset_id: string; rights: Tags }) => [row.asset_id, row.rights]));
    expect(said[ids.silent ?? '']).to.deep.equal({ creators: ['Windows'], copyright: 'one, two' });
    expect(said[ids.exif ?? ''].creators).to.have.length(10);
  });
});

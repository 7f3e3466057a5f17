import { expect } from 'chai';
import sharp from 'sharp';
import type { TokenRecipes } from '../../../src/modules/library/delivery/delivery.token.ts';
import { type DeliveryAsset, type DeliveryMode, signDeliveryUrl } from '../../../src/modules/library/delivery/index.ts';
import { STANDARD_RECIPES } from '../../../src/modules/library/renditions/index.ts';
import { assetTag } from '../../../src/modules/library/delivery/delivery.tags.ts';
import { pieceKey } from '../../../src/modules/library/delivery/films.request.ts';
import { keys } from '../../../src/platform/storage/keys.ts';
import { startDelivery, WORKSPACE } from '../../support/fakes/delivery.ts';

/** Who gets what of films. Nothing is encoded here: the rows of films say what there is. */

const SUFFIXES = ['ik-video.mp4', 'ik-gif-video.mp4', 'ik-master.m3u8', 'ik-master.mpd', 'ik-sprite.jpg', 'ik-sprite.vtt'];
const PERSON = { kind: 'user', id: '01890000-0000-7000-8000-0000000000aa' } as const;

describe('rights to films', () => {
  let cdn: Awaited<ReturnType<typeof startDelivery>>;
  let film: DeliveryAsset;
  const ctx = () => ({
    actor: { ...PERSON, userId: PERSON.id, role: 'viewer' as const, scopes: null },
    workspaceId: WORKSPACE,
    requestId: 'test',
    signal: new AbortController().signal,
    clock: { now: () => new Date(cdn.seen.now) },
  });
  const token = (asset: DeliveryAsset, recipes: TokenRecipes) => cdn.delivery.mintPreviewToken(ctx(), asset.assetId, recipes);

  /** As administrators set it. */
  const endpoint = { mode: 'open' as DeliveryMode, keys: ['one', 'two'], denied: '' };

  beforeEach(async () => {
    Object.assign(endpoint, { mode: 'open', keys: ['one', 'two'], denied: '' });
    cdn = await startDelivery({
      access: { mayPreview: async (_ctx, _who, { assetId }) => assetId !== endpoint.denied, mayDownload: async () => false },
      endpoints: {
        match: () => ({ mount: '/cdn', workspaceId: WORKSPACE, mode: endpoint.mode }),
        signingKeys: () => endpoint.keys.map((secret) => ({ secret })),
        mountOf: () => '/cdn',
      },
    });
    const still = keys.derived(WORKSPACE, '01890000-0000-7000-8000-b00000000009', 'still', 'webp');
    cdn.put(
      still,
      await sharp({ create: { width: 640, height: 360, channels: 3, background: 'red' } })
        .webp()
        .toBuffer(),
    );
    film = cdn.add('film.mp4', Buffer.from('a film'), {
      ...{ kind: 'video', mime: 'video/mp4', width: 640, height: 360, durationMs: 10_000 },
      probe: { demuxers: 'mov,mp4', hasVideo: true, hasAudio: true, frameRate: 25 },
      still: { key: still, width: 640, height: 360 },
    });
  });
  afterEach(() => cdn.close());

  describe('with the token of a thumbnail or preview', () => {
    for (const recipes of ['thumbnail', 'preview'] as const) {
      it(`${recipes}: the picture, and no film behind any suffix`, async () => {
        cdn.change('film.mp4', { public: { now: false, until: null } });
        const query = `?tr=${STANDARD_RECIPES[recipes]}&token=${token(film, recipes)}`;
        const picture = await cdn.get(`/cdn/@${film.assetId}/film.mp4${query}`);
        expect([picture.status, picture.headers['content-type']]).to.deep.equal([200, 'image/webp']);
        for (const suffix of [...SUFFIXES, ...SUFFIXES.map((each) => `ik-video.mp4/${each}`)]) {
          const answer = await cdn.get(`/cdn/@${film.assetId}/film.mp4/${suffix}${query}`);
          expect([answer.status, answer.headers['ik-error']], suffix).to.deep.equal([404, 'ENOENT - Not found']);
        }
        expect(cdn.wishes, 'no work was done').to.have.length(0);
      });
    }

    it('*: films too', async () => {
      cdn.change('film.mp4', { public: { now: false, until: null } });
      for (const [suffix, tr] of [
        ['ik-video.mp4', 'w-100'],
        ['ik-master.m3u8', 'sr-240'],
        ['ik-sprite.vtt', 'w-100'],
      ]) {
        const answer = await cdn.get(`/cdn/@${film.assetId}/film.mp4/${suffix}?tr=${tr}&token=${token(film, '*')}`);
        expect(answer.status, suffix).to.equal(202);
      }
      expect(cdn.wishes).to.have.length(3);
    });
  });

  it('makes no film of what is no GIF, and no picture format of a film', async () => {
    const refused = await cdn.get('/cdn/film.mp4/ik-gif-video.mp4?tr=w-100');
    expect([refused.status, refused.headers['ik-error']]).to.deep.equal([400, 'EPARAM - /ik-gif-video.mp4 is for moving GIFs']);
    cdn.add('moving.gif', Buffer.from('gif'), { mime: 'image/gif', frames: 5 });
    expect((await cdn.get('/cdn/moving.gif/ik-gif-video.mp4?tr=w-100,f-webp')).status).to.equal(400);
    expect((await cdn.get('/cdn/moving.gif/ik-gif-video.mp4?tr=w-100')).status).to.equal(202);
  });

  /** Asks for a ladder, lets it be there as far as said, and gives the folder of its pieces. */
  async function ladder(tr: string, state: 'running' | 'ready' = 'ready', credential = ''): Promise<string> {
    const signed = (target: string) =>
      credential.startsWith('key:') ? `${target}&ik-s=${signDeliveryUrl(target, credential.slice(4), null)}` : `${target}${credential}`;
    const target = signed(`/film.mp4/ik-master.m3u8?tr=sr-240${tr}`);
    expect((await cdn.get(`/cdn${target}`)).status).to.equal(202);
    const row = cdn.wishes.at(-1);
    if (!row) throw new Error('there is no wish');
    const pieces = { 240: [4, 4, 2], audio: [4, 4, 2] };
    Object.assign(row, { state, made: { pieces, codecs: { 240: 'avc1.64000d' }, bytes: 0 } });
    for (const name of ['240-init.mp4', ...[0, 1, 2].flatMap((n) => [`240-${n}.m4s`, `audio-${n}.m4s`])])
      cdn.put(pieceKey(row, name), Buffer.from(`piece ${name}`));
    const manifest = await cdn.get(`/cdn${target}`);
    expect(manifest.status, String(manifest.headers['ik-error'])).to.equal(200);
    const base = /(\/cdn\/ik-stream\/[^/]+\/)240\.m3u8/.exec(manifest.body.toString())?.[1];
    if (base === undefined) throw new Error(`no addresses in ${manifest.body}`);
    return base;
  }
  const statuses = async (base: string) =>
    Promise.all(['240.m3u8', '240-init.mp4', '240-2.m4s'].map(async (name) => (await cdn.get(base + name)).status));
  const LAYER = ',l-image,i-logo.png,l-end';

  describe('to the pieces of a film with a layer', () => {
    let logo: DeliveryAsset;
    beforeEach(() => {
      logo = cdn.add('logo.png', Buffer.from('a logo'), { mime: 'image/png', width: 40, height: 40 });
    });

    it('end with the layer in time', async () => {
      const until = new Date(cdn.seen.now + 600_000);
      cdn.change('logo.png', { public: { now: true, until } });
      const base = await ladder(LAYER);
      const { headers } = await cdn.get(`${base}240-0.m4s`);
      expect(headers['cache-control']).to.match(/^public, max-age=(600|599)$/);
      cdn.seen.now += 601_000;
      expect(await statuses(base)).to.deep.equal([401, 401, 401]);
    });

    it('end when the layer is unpublished or goes to the trash', async () => {
      const base = await ladder(LAYER);
      expect(await statuses(base)).to.deep.equal([200, 200, 200]);
      cdn.change('logo.png', { public: { now: false, until: null } });
      expect(await statuses(base)).to.deep.equal([404, 404, 404]);
      cdn.change('logo.png', { public: { now: true, until: null } });
      expect(await statuses(base)).to.deep.equal([200, 200, 200]);
      cdn.change('logo.png', { trashed: true });
      expect(await statuses(base)).to.deep.equal([404, 404, 404]);
    });

    it('signed: end when the layer goes to the trash', async () => {
      cdn.change('logo.png', { public: { now: false, until: null } });
      const base = await ladder(LAYER, 'ready', 'key:one');
      expect(await statuses(base)).to.deep.equal([200, 200, 200]);
      cdn.change('logo.png', { trashed: true });
      expect(await statuses(base)).to.deep.equal([404, 404, 404]);
    });

    it('private: end when the person may no longer see the layer', async () => {
      for (const name of ['film.mp4', 'logo.png']) cdn.change(name, { public: { now: false, until: null } });
      const base = await ladder(LAYER, 'ready', `&token=${token(film, '*')}`);
      expect(await statuses(base)).to.deep.equal([200, 200, 200]);
      endpoint.denied = logo.assetId;
      expect(await statuses(base)).to.deep.equal([404, 404, 404]);
    });

    it('are known to caches by the layer too', async () => {
      const { headers } = await cdn.get(`${await ladder(LAYER)}240-0.m4s`);
      expect(String(headers['cache-tag']).split(',')).to.include(assetTag(logo.assetId)).and.include(assetTag(film.assetId));
    });
  });

  it('private: its playlist is never public, finished or not', async () => {
    cdn.change('film.mp4', { public: { now: false, until: null } });
    const base = await ladder('', 'running', `&token=${token(film, '*')}`);
    expect((await cdn.get(`${base}240.m3u8`)).headers['cache-control']).to.equal('private, max-age=1');
    expect((await cdn.get(`${base}240-0.m4s`)).headers['cache-control']).to.match(/^private, /);
    Object.assign(cdn.wishes[0] ?? {}, { state: 'ready' });
    expect((await cdn.get(`${base}240.m3u8`)).headers['cache-control']).to.match(/^private, /);
  });

  it('ends with the mode of the endpoint', async () => {
    const base = await ladder('');
    for (const mode of ['signed', 'presets'] as const) {
      endpoint.mode = mode;
      expect(await statuses(base), mode).to.deep.equal([401, 401, 401]);
    }
    endpoint.mode = 'open';
    expect(await statuses(base)).to.deep.equal([200, 200, 200]);
  });

  it('ends with the key that signed, and with no other', async () => {
    const base = await ladder('', 'ready', 'key:one');
    endpoint.keys = ['one', 'three'];
    expect(await statuses(base)).to.deep.equal([200, 200, 200]);
    endpoint.keys = ['three'];
    expect(await statuses(base)).to.deep.equal([401, 401, 401]);
  });
});

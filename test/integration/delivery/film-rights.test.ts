import { expect } from 'chai';
import sharp from 'sharp';
import type { TokenRecipes } from '../../../src/modules/library/delivery/delivery.token.ts';
import type { DeliveryAsset } from '../../../src/modules/library/delivery/index.ts';
import { STANDARD_RECIPES } from '../../../src/modules/library/renditions/index.ts';
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

  beforeEach(async () => {
    cdn = await startDelivery();
    const still = keys.derived(WORKSPACE, '01890000-0000-7000-8000-b00000000009', 'still', 'webp');
    cdn.put(still, await sharp({ create: { width: 640, height: 360, channels: 3, background: 'red' } }).webp().toBuffer());
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
      for (const [suffix, tr] of [['ik-video.mp4', 'w-100'], ['ik-master.m3u8', 'sr-240'], ['ik-sprite.vtt', 'w-100']]) {
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
});

import { expect } from 'chai';
import { pieceKey } from '../../../src/modules/library/delivery/films.request.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';

/** What is answered about films in each state of theirs. Nothing is encoded here: the rows of films say what there is. */

describe('states of films', () => {
  let cdn: Awaited<ReturnType<typeof startDelivery>>;
  beforeEach(async () => {
    cdn = await startDelivery();
    cdn.add('film.mp4', Buffer.from('a film'), {
      ...{ kind: 'video', mime: 'video/mp4', width: 640, height: 360, durationMs: 10_000 },
      probe: { demuxers: 'mov,mp4', hasVideo: true, hasAudio: true, frameRate: 25 },
    });
  });
  afterEach(() => cdn.close());

  const MASTER = '/cdn/film.mp4/ik-master.m3u8?tr=sr-240';
  const wish = () => {
    const row = cdn.wishes.at(-1);
    if (!row) throw new Error('there is no wish');
    return row;
  };
  const NAMES = ['240-init.mp4', 'audio-init.mp4', ...[0, 1, 2].flatMap((n) => [`240-${n}.m4s`, `audio-${n}.m4s`])];
  /** A ladder of three pieces; the folder of its addresses. */
  async function ladder(state: 'running' | 'ready' | 'failed'): Promise<string> {
    expect((await cdn.get(MASTER)).status).to.equal(202);
    const made = { pieces: { 240: [4, 4, 2], audio: [4, 4, 2] }, codecs: {}, bytes: 0 };
    Object.assign(wish(), { state: 'running', made });
    for (const name of NAMES) cdn.put(pieceKey(wish(), name), Buffer.from(`piece ${name}`));
    const master = (await cdn.get(MASTER)).body.toString();
    Object.assign(wish(), { state });
    return /(\/cdn\/ik-stream\/[^/]+\/)240\.m3u8/.exec(master)?.[1] ?? '';
  }
  const lose = (name: string) => cdn.objects.delete(pieceKey(wish(), name));

  it('have no rungs but their own', async () => {
    const base = await ladder('ready');
    for (const name of ['constructor', 'toString', '999']) expect((await cdn.get(`${base}${name}.m3u8`)).status, name).to.equal(404);
    expect((await cdn.get(`${base}240.m3u8`)).status).to.equal(200);
  });

  it('failed: players are told that no more will come', async () => {
    const base = await ladder('failed');
    wish().reason = 'The film or recording could not be decoded.';
    const answer = await cdn.get(`${base}240.m3u8`);
    expect([answer.status, answer.headers['ik-error']]).to.deep.equal([422, `EDECODE - ${wish().reason}`]);
    expect((await cdn.get(`${base}240-1.m4s`)).status, 'what is there stays').to.equal(200);
    expect((await cdn.get(`${base}240-7.m4s`)).status).to.equal(404);
  });

  it('lost by the store: a ladder begins anew when its first piece is missing', async () => {
    await ladder('ready');
    expect((await cdn.get(MASTER)).status).to.equal(200);
    lose('240-init.mp4');
    const answer = await cdn.get(MASTER);
    expect([answer.status, answer.headers['damson-progress'], wish().state]).to.deep.equal([202, '0.00', 'queued']);
  });

  it('lost by the store: whoever plays is told to come again for a missing piece, and gets it once it is made', async () => {
    const base = await ladder('ready');
    lose('240-2.m4s');
    const missed = await cdn.get(`${base}240-2.m4s`);
    expect([missed.status, missed.headers['retry-after'], wish().state]).to.deep.equal([503, '1', 'queued']);
    cdn.put(pieceKey(wish(), '240-2.m4s'), Buffer.from('again'));
    const again = await cdn.get(`${base}240-2.m4s`);
    expect([again.status, again.body.toString()]).to.deep.equal([200, 'again']);
  });

  it('lost by the store: cues of a sprite that is gone', async () => {
    const target = '/cdn/film.mp4/ik-sprite.vtt?tr=w-80';
    expect((await cdn.get(target)).status).to.equal(202);
    cdn.put(pieceKey(wish(), 'sprite.jpg'), Buffer.from('sprite'));
    wish().state = 'ready';
    expect((await cdn.get(target)).status).to.equal(200);
    lose('sprite.jpg');
    expect([(await cdn.get(target)).status, wish().state]).to.deep.equal([202, 'queued']);
  });

  /** A single film that is there, `bytes` being what its row says. */
  async function file(target: string, headers: Record<string, string> = {}, bytes = 4) {
    expect((await cdn.get(target, headers)).status, target).to.equal(202);
    Object.assign(wish(), { state: 'ready', made: { pieces: {}, codecs: {}, bytes } });
    cdn.put(pieceKey(wish(), 'film.mp4'), Buffer.from('film'));
    return cdn.get(target, headers);
  }

  it('ready: as long as the store says', async () => {
    const answer = await file('/cdn/film.mp4?tr=w-100', {}, 9);
    expect([answer.headers['content-length'], answer.body.toString()]).to.deep.equal(['4', 'film']);
  });

  it('ready: once in half a day it is noted that they are wanted, however many ask', async () => {
    await file('/cdn/film.mp4?tr=w-100');
    const row = wish();
    cdn.wishes[cdn.wishes.indexOf(row)] = { ...row, askedAt: new Date(cdn.seen.now - 13 * 3_600_000) };
    // What this process remembers is over.
    cdn.seen.now += 61_000;
    for (let n = 0; n < 5; n++) expect((await cdn.get('/cdn/film.mp4?tr=w-100')).status).to.equal(200);
    expect(cdn.noted).to.deep.equal([row.id]);
  });

  it('ready: not for ever when what was decided about them is old by the time they are sent', async () => {
    const target = '/cdn/film.mp4?tr=w-100&ik-obj-version=1';
    expect((await file(target)).headers['cache-control']).to.match(/immutable/);
    // The store takes its time.
    cdn.calls.onHead = () => void (cdn.seen.now += 3_000);
    expect((await cdn.get(target)).headers['cache-control']).to.match(/^public, max-age=60\b/);
  });

  it('ready: for ever only where neither a name nor a stand-in decides', async () => {
    expect((await file('/cdn/film.mp4?tr=w-100&ik-obj-version=1')).headers['cache-control']).to.match(/immutable/);
    cdn.name('teaser', 'w-120');
    const named = await file('/cdn/film.mp4?tr=n-teaser&ik-obj-version=1');
    expect(named.headers['cache-control']).to.match(/^public, max-age=60\b/);
    const instead = await file('/cdn/missing.mp4?tr=di-film.mp4,w-140&ik-obj-version=1');
    expect([instead.status, instead.headers['damson-default']]).to.deep.equal([200, '1']);
    expect(instead.headers['cache-control']).to.match(/^public, max-age=60\b/);
  });

  it('ready: caches are told what of the request it depends on', async () => {
    const auto = await file('/cdn/film.mp4?tr=w-auto', { 'Sec-CH-Width': '320' });
    expect([auto.headers.vary, auto.headers['accept-ch']]).to.deep.equal(['Accept, Sec-CH-Width', 'Sec-CH-Width, Sec-CH-DPR']);
    expect((await file('/cdn/film.mp4?tr=w-90,dpr-auto,f-mp4', { 'Sec-CH-DPR': '2' })).headers.vary).to.equal('Sec-CH-DPR');
    expect((await file('/cdn/film.mp4?tr=w-200,f-mp4')).headers.vary).to.equal(undefined);
  });

  it('say which parameter is for films, and which means nothing for a still', async () => {
    cdn.add('photo.jpg', Buffer.from('a photo'));
    const parameter = async (target: string) => {
      const { status, body } = await cdn.get(`/cdn/${target}`);
      return [status, (JSON.parse(body.toString()) as { parameter: string }).parameter];
    };
    expect(await parameter('photo.jpg?tr=vc-h264')).to.deep.equal([400, 'vc']);
    expect(await parameter('photo.jpg?tr=so-1')).to.deep.equal([400, 'so']);
    expect(await parameter('film.mp4?tr=so-1,du-2,f-jpg')).to.deep.equal([400, 'du']);
  });

  const chain = Array.from({ length: 16 }, (_, n) => `w-3840,h-${2000 + n},c-force`).join(':');
  for (const [target, status, code] of [
    ['film.mp4?tr=w-2', 400, 'EPARAM - a film has at least 2 x 2 px; this one would have 2 x 1'],
    ['film.mp4?tr=w-2:w-100,h-100,c-force', 400, 'EPARAM'],
    ['film.mp4?tr=w-2,h-8000,fo-auto', 400, 'EPARAM'],
    ['film.mp4?tr=w-16000,h-6000,c-force:w-100', 422, 'ELIMIT - pixels of a step of a film is 96000000; at most 33177600 is allowed'],
    [`film.mp4?tr=${chain}:w-100`, 422, 'ELIMIT - pixels of all steps of a film'],
    ['film.mp4/ik-master.m3u8?tr=sr-240,b-3000_FF0000', 422, 'ELIMIT - pixels of a step of a film'],
    ['film.mp4?tr=w-1080,h-1920', 202, 'undefined'],
    ['film.mp4?tr=w-1080,h-1920,fo-auto', 202, 'undefined'],
    ['film.mp4?tr=w-3840,h-2160,cm-pad_resize,bg-blurred', 202, 'undefined'],
  ] as const) {
    it(`planned: ${target.slice(0, 60)} is ${status}`, async () => {
      const answer = await cdn.get(`/cdn/${target}`);
      expect(answer.status, String(answer.headers['ik-error'])).to.equal(status);
      expect(String(answer.headers['ik-error'])).to.include(code);
      expect(cdn.wishes).to.have.length(status === 202 ? 1 : 0);
    });
  }
});

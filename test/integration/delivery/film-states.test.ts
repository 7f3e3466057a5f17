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
});

import { expect } from 'chai';
import { type DeliveryAsset, signDeliveryUrl } from '../../../src/modules/library/delivery/index.ts';
import { filmJob } from '../../../src/modules/library/delivery/films.jobs.ts';
import type { FilmMaker } from '../../../src/modules/library/delivery/films.maker.ts';
import type { FilmLookup } from '../../../src/modules/library/delivery/films.lookup.ts';
import type { JobQueue, JobRun } from '../../../src/platform/queue/queue.ts';
import { DeliveryError } from '../../../src/modules/library/delivery/delivery.answers.ts';
import { ladderAhead } from '../../../src/modules/library/delivery/films.ahead.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { systemContext } from '../../../src/context.ts';
import { startDelivery, WORKSPACE } from '../../support/fakes/delivery.ts';
import type { MemoryLimits } from '../../support/fakes/films.ts';
import { quarterFilm } from '../../support/fixtures/films.ts';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** How many films may be asked for, by whom. Nothing is encoded here. */

describe('limits of films', () => {
  let cdn: Awaited<ReturnType<typeof startDelivery>>;
  afterEach(() => cdn.close());

  async function start(filmLimits: MemoryLimits): Promise<void> {
    cdn = await startDelivery({ filmLimits, keys: ['secret'] });
    for (const name of ['film.mp4', 'other.mp4']) {
      cdn.add(name, Buffer.from('a film'), {
        ...{ kind: 'video', mime: 'video/mp4', width: 640, height: 360, durationMs: 10_000 },
        probe: { demuxers: 'mov,mp4', hasVideo: true, hasAudio: true, frameRate: 25 },
      });
    }
  }
  const ask = async (width: number) => {
    const { status, headers } = await cdn.get(`/cdn/film.mp4?tr=w-${width}`);
    return { status, error: String(headers['ik-error']).split(' ')[0], after: Number(headers['retry-after']) };
  };
  const row = (at: number) => {
    const film = cdn.wishes[at];
    if (!film) throw new Error(`there is no wish ${at}`);
    return film;
  };

  it('strangers of one network: so many new ones in an hour, and what is known for ever', async () => {
    await start({ perHour: 3, bytes: 0 });
    for (const width of [100, 102, 104]) expect((await ask(width)).status).to.equal(202);
    const refused = await ask(106);
    expect([refused.status, refused.error]).to.deep.equal([429, 'ERATE']);
    expect(refused.after, 'a third of an hour').to.be.within(1, 1200);
    expect(cdn.wishes).to.have.length(3);
    for (const width of [100, 102, 104, 100]) expect((await ask(width)).status, 'known').to.equal(202);
    const target = '/film.mp4?tr=w-106';
    expect((await cdn.get(`/cdn${target}&ik-s=${signDeliveryUrl(target, 'secret', null)}`)).status, 'signed').to.equal(202);
  });

  it('one that several ask for at a time is paid for once, and has a place where there is one left', async () => {
    await start({ perHour: 1, bytes: 0 });
    const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);
    expect(statuses(await Promise.all([ask(100), ask(100), ask(100)]))).to.deep.equal([202, 202, 202]);
    expect([cdn.wishes.length, (await ask(102)).status]).to.deep.equal([1, 429]);
    await cdn.close();
    await start({ perHour: 0, bytes: 0 });
    for (let n = 0; n < 49; n++) await ask(100 + 2 * n);
    expect(statuses(await Promise.all([ask(300), ask(300), ask(300)]))).to.deep.equal([202, 202, 202]);
    expect([cdn.wishes.length, (await ask(302)).status]).to.deep.equal([50, 503]);
  });

  it('who has had enough is refused without a look into the database', async () => {
    await start({ perHour: 1, bytes: 0 });
    await ask(100);
    expect((await ask(102)).status).to.equal(429);
    const looks = cdn.opened();
    const refused = await ask(104);
    expect([refused.status, cdn.opened() - looks]).to.deep.equal([429, 0]);
    expect(refused.after).to.be.within(1, 3600);
  });

  it('one of a library that has ten waiting is made before newer ones of that library', () => {
    const { priorityOf } = filmJob({} as FilmMaker);
    const turns = [1, 2, 10, 11, 50].map((turn) => priorityOf?.({ filmId: 'f', turn }));
    expect(turns).to.deep.equal([1, 2, 10, 10, 10]);
  });

  it('ladders made ahead are tried later where many wait, and are not where there is none to be had', async () => {
    await start({ perHour: 0, bytes: 0 });
    const film = cdn.add('ahead.mp4', Buffer.from('a film'), {
      kind: 'video',
      mime: 'video/mp4',
      width: 640,
      height: 360,
      probe: { demuxers: 'mov', hasVideo: true },
    });
    const handle = async (refusal: DeliveryError, of: DeliveryAsset = film) => {
      const films = { ask: () => Promise.reject(refusal) } as unknown as FilmLookup;
      const lookup = { byId: async () => of, byPath: async () => of };
      const { job } = ladderAhead({ queue: {} as JobQueue, lookup, films, steps: '240', log: silentLog });
      return job.handle(systemContext(WORKSPACE), { assetId: of.assetId }, {} as JobRun).then(
        () => 'done',
        () => 'again',
      );
    };
    expect(await handle(new DeliveryError('EBUSY'))).to.equal('again');
    expect(await handle(new DeliveryError('ELIMIT'))).to.equal('done');
    expect(await handle(new DeliveryError('EBUSY'), { ...film, probe: {} }), 'it cannot be played').to.equal('done');
  });

  it('one that failed is as new as any other when it is asked for again', async () => {
    await start({ perHour: 2, bytes: 0 });
    await ask(100);
    Object.assign(row(0), { state: 'failed', reason: 'It is damaged.', updatedAt: new Date(cdn.seen.now) });
    expect(await ask(100)).to.include({ status: 422, error: 'EDECODE' });
    cdn.seen.now += 11 * 60_000;
    expect((await ask(100)).status).to.equal(202);
    Object.assign(row(0), { state: 'failed', updatedAt: new Date(cdn.seen.now) });
    cdn.seen.now += 11 * 60_000;
    expect(await ask(100)).to.include({ status: 429, error: 'ERATE' });
    expect(row(0).state).to.equal('failed');
  });

  it('fifty that wait: no more, neither new nor again; each has its place behind those before it', async () => {
    await start({ perHour: 0, bytes: 0 });
    await ask(1000);
    Object.assign(row(0), { state: 'failed', reason: 'It is damaged.', updatedAt: new Date(cdn.seen.now - 11 * 60_000) });
    for (let n = 0; n < 50; n++) expect((await ask(100 + 2 * n)).status).to.equal(202);
    expect(cdn.turns).to.deep.equal([1, ...Array.from({ length: 50 }, (_, n) => n + 1)]);
    expect(await ask(600)).to.deep.equal({ status: 503, error: 'EBUSY', after: 30 });
    expect(await ask(1000)).to.deep.equal({ status: 503, error: 'EBUSY', after: 30 });
    Object.assign(row(1), { state: 'ready' });
    expect((await ask(1000)).status).to.equal(202);
    expect(cdn.turns.at(-1)).to.equal(50);
  });

  it('the room that films of a library take', async () => {
    await start({ perHour: 0, bytes: 1000 });
    await ask(100);
    Object.assign(row(0), { state: 'ready', bytes: 1000 });
    const { status, body } = await cdn.get('/cdn/film.mp4?tr=w-102');
    expect(status).to.equal(422);
    expect(JSON.parse(body.toString())).to.include({ code: 'delivery_limit', limit: 'bytes of films', given: 1000, allowed: 1000 });
    row(0).bytes = 999;
    expect((await ask(102)).status).to.equal(202);
  });
});

describe('limits of films, as they are set', function () {
  this.timeout(120_000);
  let server: TestServer;
  before(async function () {
    requireTool(this, 'ffmpeg');
    const env = { RATE_LIMIT: 'on', TRUST_PROXY: '1', DELIVERY_FILMS_PER_HOUR: '1', DELIVERY_FILM_BYTES: '100' };
    server = await startServer({ env });
    const { body } = await upload(server.api, 'film.mp4', quarterFilm({ seconds: 1, sound: false }), { publish: 'true' });
    await settled(server.api, body['id']);
  });
  after(() => server?.close());

  it('count visitors by the address that the proxy tells, and end films that take more room than there is', async () => {
    const ask = async (from: string, width: number) => {
      const { status, headers } = await server.raw(`/cdn/film.mp4?tr=w-${width}`, { headers: { 'X-Forwarded-For': from } });
      return [status, headers.get('ik-error')];
    };
    const together = await Promise.all([100, 100, 100].map((width) => ask('192.0.2.1', width)));
    expect(together, 'one wish of three').to.deep.equal(Array(3).fill([202, null]));
    expect((await ask('192.0.2.1', 102))[0]).to.equal(429);
    expect(await ask('192.0.2.2', 102)).to.deep.equal([202, null]);
    const end = await eventually(async () => {
      const [status, error] = await ask('192.0.2.1', 100);
      return status !== 202 && [status, error];
    });
    expect(end).to.deep.equal([422, 'EDECODE - There is no more room for films of this library.']);
  });
});

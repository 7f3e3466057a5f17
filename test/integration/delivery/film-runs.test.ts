import { Readable } from 'node:stream';
import { expect } from 'chai';
import { systemContext } from '../../../src/context.ts';
import { forgetFailedJob } from '../../../src/modules/library/delivery/films.jobs.ts';
import { FilmMaker } from '../../../src/modules/library/delivery/films.maker.ts';
import { countFilms, sweepFilms } from '../../../src/modules/library/delivery/films.sweep.ts';
import { type FilmRow, FilmsRepository } from '../../../src/modules/library/delivery/films.repository.ts';
import { pieceKey, piecesPrefix } from '../../../src/modules/library/delivery/films.request.ts';
import type { FilmMake } from '../../../src/platform/media/film-plan.ts';
import { decodeFailed, type Media } from '../../../src/platform/media/media.ts';
import type { JobRun } from '../../../src/platform/queue/queue.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';

/** Runs at a film: which one counts, what is there already, how much room there is. The encoder is the test. */

const cut = { start: 0, duration: null };
const FILM: FilmMake = { make: 'film', cut, ops: [], container: 'mp4', video: 'h264', audio: null, quality: 50 };
const LADDER: FilmMake = {
  make: 'ladder',
  cut,
  ops: [],
  rungs: [{ name: '240', width: 320, height: 240, kbps: 200 }],
  audio: false,
  segment: 4,
};
/** What happens before the encoder gives anything, and after it gave all; how much room there is; the job, when several runs are of one. */
interface Over {
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
  readonly run?: JobRun;
  readonly left?: number;
}
const EMPTY = { pieces: {}, codecs: {}, bytes: 0 };

describe('runs at a film', () => {
  let server: TestServer;
  let repository: FilmsRepository;
  let ids: { assetId: string; versionId: string; blobId: string }[];

  before(async () => {
    server = await startServer();
    repository = new FilmsRepository(server.container.database.dataSource);
    for (const name of ['a.txt', 'b.txt']) {
      const { body } = await upload(server.api, name, Buffer.from('the same'));
      await settled(server.api, body['id']);
    }
    ids = await server.container.database.sql.query(
      {},
      `select asset_id as "assetId", id as "versionId", blob_id as "blobId" from file_version order by created_at`,
    );
    expect(new Set(ids.map(({ blobId }) => blobId)).size, 'one blob for equal bytes').to.equal(1);
  });
  after(() => server.close());

  /** A new wish; of equal hashes and bytes, the pieces are the same objects. */
  async function wish(make: FilmMake, recipeHash = newId(), of = 0): Promise<FilmRow> {
    const id = newId();
    const source = { demuxers: 'mov', frameRate: 25, hasAudio: false, seconds: 8, inputs: [], layers: [] };
    const film = { id, ...(ids[of] ?? { assetId: '', versionId: '', blobId: '' }), recipeHash, make, source, mime: 'video/mp4' };
    expect(await repository.add(server.ctx, film)).to.equal(true);
    return read(id);
  }
  async function read(id: string): Promise<FilmRow> {
    const row = await repository.byId(server.ctx, id);
    if (!row) throw new Error('there is no such film');
    return row;
  }

  const deps = () => ({ repository, storage: server.container.storage, transactions: server.container.database.transactions });
  async function piecesOf(film: FilmRow): Promise<string[]> {
    const found: string[] = [];
    for await (const { key } of server.container.storage.list(piecesPrefix(film))) found.push(key);
    return found;
  }

  /** As the queue does it: the first effect that succeeds is the job's, and no other is asked for then. */
  function job(): JobRun {
    let done = false;
    const complete: JobRun['complete'] = async (ctx, effect) => {
      if (done) return false;
      await effect?.(ctx);
      return (done = true);
    };
    return { id: newId(), attempt: 1, maxAttempts: 3, complete };
  }

  /** A maker whose encoder gives these pieces. @returns how often it was asked */
  async function work(film: FilmRow, pieces: readonly (readonly [name: string, bytes: number])[] = [], over: Over = {}) {
    const asked: string[] = [];
    const media: Partial<Media> = {
      film: async (_file, _source, make, _options, listener) => {
        asked.push(make.make);
        await over.before?.();
        for (const [name, bytes] of pieces) {
          const file = { createReadStream: () => Readable.from([Buffer.alloc(bytes)]), read: async () => ({ buffer: Buffer.alloc(0) }) };
          await listener.piece({ name, file: file as never, bytes, seconds: name.endsWith('.m4s') ? 4 : null });
        }
        await over.after?.();
      },
    };
    const { storage } = server.container;
    const maker = new FilmMaker({
      repository,
      media: media as Media,
      storage,
      log: silentLog,
      left: async () => over.left ?? Number.POSITIVE_INFINITY,
    });
    await maker.run(server.ctx, film.id, over.run ?? job());
    return { asked, film: await read(film.id) };
  }
  const PIECES = [
    ['240-init.mp4', 10],
    ['240-0.m4s', 100],
    ['240-1.m4s', 100],
  ] as const;

  it('only the last one says what came of it', async () => {
    const { id } = await wish(LADDER);
    const first = await repository.begin(server.ctx, id);
    const second = await repository.begin(server.ctx, id);
    if (!first || !second) throw new Error('both begin');
    const made = { ...EMPTY, pieces: { 240: [4, 4] } };
    expect(await repository.progress(server.ctx, second, 0.5, made, 200)).to.equal(true);
    expect(await repository.progress(server.ctx, first, 0.1, { ...EMPTY, pieces: { 240: [4] } }, 100), 'of the first').to.equal(false);
    expect(await repository.failed(server.ctx, id, first.attempt, 'too late')).to.equal(false);
    expect(await repository.ready(server.ctx, first, EMPTY, 0)).to.equal(false);
    expect(await read(id)).to.deep.include({ state: 'running', made, bytes: 200 });
    expect(await repository.ready(server.ctx, second, made, 200)).to.equal(true);
    expect(await read(id)).to.deep.include({ state: 'ready', made, bytes: 200, progress: 1 });
    expect(await repository.begin(server.ctx, id), 'it is ready').to.equal(null);
  });

  it('ends when another has begun since', async () => {
    const film = await wish(LADDER);
    const before = async () => void (await repository.begin(server.ctx, film.id));
    const failure = await work(film, PIECES, { before }).then(
      () => 'ended well',
      (error: Error) => error.message,
    );
    expect(failure).to.equal('this film is being made by another run, or is gone');
    expect(await read(film.id)).to.deep.include({ state: 'running', made: EMPTY });
  });

  for (const [what, make, pieces] of [
    ['a file', FILM, [['film.mp4', 44]]],
    ['a ladder', LADDER, PIECES],
  ] as const) {
    for (const end of ['well', 'badly']) {
      it(`leaves the end of ${what} to the run that began last, when it ends ${end} itself`, async () => {
        const film = await wish(make);
        const run = job();
        const after = async () => {
          await repository.begin(server.ctx, film.id);
          if (end === 'badly') throw decodeFailed({ detail: 'It is damaged.', extra: { reason: 'damaged' } });
        };
        const failure = await work(film, pieces, { run, after }).then(
          () => 'ended well',
          (error: Error) => error.message,
        );
        expect(failure).to.equal('this film is being made by another run, or is gone');
        expect((await read(film.id)).state).to.equal('running');
        // The same job, handed out again.
        expect((await work(film, pieces, { run })).film.state).to.equal('ready');
      });
    }
  }

  it('counts the bytes of all pieces', async () => {
    const { film, asked } = await work(await wish(LADDER), PIECES);
    expect(asked).to.deep.equal(['ladder']);
    expect(film).to.deep.include({ state: 'ready', bytes: 210 });
    expect(film.made.pieces).to.deep.equal({ 240: [4, 4] });
    expect(await repository.bytes(server.ctx, film.id)).to.equal((await repository.bytes(server.ctx, null)) - 210);
  });

  it('ends where there is no more room', async () => {
    const none = await work(await wish(LADDER), PIECES, { left: 0 });
    expect([none.asked, none.film.state, none.film.reason]).to.deep.equal([
      [],
      'failed',
      'There is no more room for films of this library.',
    ]);
    const some = await work(await wish(LADDER), PIECES, { left: 150 });
    expect([some.film.state, some.film.bytes], 'what was made makes room').to.deep.equal(['failed', 0]);
    expect(await piecesOf(some.film)).to.deep.equal([]);
    const hash = newId();
    const whole = (await work(await wish(LADDER, hash), PIECES)).film;
    // Its twin begins anew, for want of a piece.
    const twin = await wish(LADDER, hash, 1);
    await repository.begin(server.ctx, twin.id);
    expect((await work(twin, PIECES, { left: 150 })).film).to.deep.include({ state: 'failed', bytes: 0 });
    expect(await piecesOf(whole), 'another has them').to.have.length(3);
  });

  it('does not make again, nor overwrite, a file that is there', async () => {
    const hash = newId();
    const film = await wish(FILM, hash);
    await server.container.storage.put(pieceKey(film, 'film.mp4'), Buffer.alloc(33));
    const done = await work(film, [['film.mp4', 44]]);
    expect([done.asked, done.film.state, done.film.made.bytes]).to.deep.equal([[], 'ready', 33]);
    const other = await work(await wish(FILM, hash, 1), [['film.mp4', 44]]);
    expect([other.asked, other.film.state]).to.deep.equal([[], 'ready']);
    expect((await server.container.storage.head(pieceKey(film, 'film.mp4')))?.bytes).to.equal(33);
  });

  it('takes the ladder of an asset with the same bytes, until a piece of it is missed', async () => {
    const hash = newId();
    const first = (await work(await wish(LADDER, hash), PIECES)).film;
    const twin = await work(await wish(LADDER, hash, 1));
    expect(twin.asked).to.deep.equal([]);
    expect(twin.film).to.deep.include({ state: 'ready', bytes: 0, made: first.made });
    expect(await repository.again(server.ctx, twin.film)).to.equal(true);
    expect((await work(await read(twin.film.id), PIECES)).asked, 'begun anew').to.deep.equal(['ladder']);
  });

  it('are forgotten when they failed long ago, with what they had made, and nobody asked again', async () => {
    const { storage } = server.container;
    const hash = newId();
    const failed = async (film: FilmRow, days: number) => {
      await storage.put(pieceKey(film, '240-0.m4s'), Buffer.alloc(5));
      await repository.failed(server.ctx, film.id, null, 'It is damaged.');
      const at = new Date(Date.now() - days * 86_400_000);
      await server.container.database.sql.query({}, 'update film set updated_at = $2 where id = $1', [film.id, at]);
      return film;
    };
    const old = await failed(await wish(LADDER), 31);
    const recent = await failed(await wish(LADDER), 29);
    const shared = await failed(await wish(LADDER, hash), 31);
    const other = await wish(LADDER, hash, 1);
    await forgetFailedJob(deps()).handle(systemContext(''), {}, job());
    const there = async (film: FilmRow) => [
      (await repository.byId(server.ctx, film.id)) !== null,
      (await storage.head(pieceKey(film, '240-0.m4s'))) !== null,
    ];
    expect(await there(old)).to.deep.equal([false, false]);
    expect(await there(recent)).to.deep.equal([true, true]);
    expect(await there(shared), 'another row has these pieces too').to.deep.equal([false, true]);
    expect(await there(other)).to.deep.equal([true, true]);
  });

  it('are counted later where that was never noted, once for all rows', async () => {
    const first = (await work(await wish(LADDER), PIECES)).film;
    const second = (await work(await wish(LADDER, first.recipeHash, 1))).film;
    await server.container.database.sql.query({}, 'update film set bytes = 0 where recipe_hash = $1', [first.recipeHash]);
    const bytes = async () => (await read(first.id)).bytes + (await read(second.id)).bytes;
    await countFilms(deps(), systemContext(''));
    await countFilms(deps(), systemContext(''));
    expect(await bytes()).to.equal(210);
  });

  it('go with their pieces when the last row of these goes; until then another one counts them', async () => {
    const hash = newId();
    const first = (await work(await wish(LADDER, hash), PIECES)).film;
    const second = (await work(await wish(LADDER, hash, 1))).film;
    const third = (await work(await wish(LADDER), PIECES)).film;
    const fourth = (await work(await wish(LADDER, third.recipeHash, 1))).film;
    expect([first, second, third, fourth].map(({ bytes }) => bytes)).to.deep.equal([210, 0, 210, 0]);
    const unasked = [first.id, second.id, third.id];
    await server.container.database.sql.query({}, `update film set asked_at = now() - interval '100 days' where id = any($1)`, [unasked]);
    expect(await sweepFilms({ ...deps(), keepDays: 90 }, systemContext(''))).to.equal(3);
    expect(await piecesOf(first), 'both went').to.deep.equal([]);
    expect(await piecesOf(third), 'one stayed').to.have.length(3);
    expect(await read(fourth.id)).to.deep.include({ state: 'ready', bytes: 210 });
  });
});

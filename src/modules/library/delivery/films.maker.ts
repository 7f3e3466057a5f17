import type { Ctx } from '../../../context.ts';
import { DamsonError } from '../../../errors.ts';
import type { Log } from '../../../platform/log.ts';
import type { FilmFile, FilmPiece } from '../../../platform/media/film-plan.ts';
import { decodeFailed, type Media, previewProblemOf } from '../../../platform/media/media.ts';
import type { JobRun } from '../../../platform/queue/queue.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { type LayerInput, resumePlan } from '../renditions/index.ts';
import { withLocalFiles } from './delivery.files.ts';
import type { Made } from './films.entity.ts';
import type { FilmRow, FilmsRepository } from './films.repository.ts';
import { firstPiece, pieceKey } from './films.request.ts';
import { removePieces } from './films.sweep.ts';

export interface FilmMakerDeps {
  readonly repository: FilmsRepository;
  readonly media: Media;
  readonly storage: Storage;
  readonly log: Log;
  /** Bytes that a film may take of the store. */
  readonly left: (ctx: Ctx, filmId: string) => Promise<number>;
}

/** Wall clock for one film. */
export const FILM_DEADLINE_MS = 2 * 3_600_000;
/** How often it is noted how far a film is. */
const NOTE_MS = 700;
/** Where the decoder configuration stands, of the first part of a rung. */
const INIT_BYTES = 4096;

/** `avc1.640015` from the first part of a rung: profile, constraints and level stand in its decoder configuration (ISO 14496-15, 5.3.3). */
export function avcCodec(init: Buffer): string {
  const at = init.indexOf('avcC', 0, 'latin1');
  return at < 0 || at + 8 > init.length ? 'avc1.640028' : `avc1.${init.subarray(at + 5, at + 8).toString('hex')}`;
}

/** As they were when the film was planned; only planning wrote them. */
const layersOf = ({ source }: FilmRow) => new Map(source.layers as readonly (readonly [string, LayerInput])[]);

/** Local files of what is laid over it: of pictures, and others. */
interface Laid {
  readonly inputs: readonly string[];
  readonly files: readonly FilmFile[];
}

/** What there is of a film while it is made; grows only. */
class Progress {
  private pieces: Record<string, number[]> = {};
  private readonly codecs: Record<string, string> = {};
  private readonly before: Made;
  private bytes = 0;
  /** Of all pieces. */
  total = 0;

  constructor(film: FilmRow) {
    // A second run begins anew, but what a player has seen of the first stays.
    this.before = film.made;
  }

  async add({ name, file, bytes, seconds }: FilmPiece): Promise<void> {
    this.total += bytes;
    const rung = /^([a-z0-9]+)-(?:init|\d+)\./.exec(name)?.[1];
    if (rung === undefined) this.bytes = bytes;
    else if (seconds !== null) this.pieces = { ...this.pieces, [rung]: [...(this.pieces[rung] ?? []), Math.round(seconds * 1000) / 1000] };
    else if (rung === 'audio') this.codecs[rung] = 'mp4a.40.2';
    else this.codecs[rung] = avcCodec((await file.read(Buffer.alloc(INIT_BYTES), 0, INIT_BYTES, 0)).buffer);
  }

  get made(): Made {
    const pieces = Object.fromEntries(
      [...new Set([...Object.keys(this.before.pieces), ...Object.keys(this.pieces)])].map((rung) => {
        const [old = [], now = []] = [this.before.pieces[rung], this.pieces[rung]];
        return [rung, now.length >= old.length ? now : old];
      }),
    );
    return { pieces, codecs: { ...this.before.codecs, ...this.codecs }, bytes: this.bytes };
  }

  /** Seconds that all rungs have. */
  get seconds(): number {
    const sums = Object.values(this.pieces).map((lengths) => lengths.reduce((sum, each) => sum + each, 0));
    return sums.length === 0 ? 0 : Math.min(...sums);
  }
}

/** What came of a film, and what it takes of the store. */
interface Result {
  readonly made: Made;
  readonly bytes: number;
}

/** Thrown where it ends the transaction, it takes back the mark that the job is done: what comes of the film is the last run's to say. */
const superseded = () => new Error('this film is being made by another run, or is gone');

const noRoom = () =>
  decodeFailed({ detail: 'There is no more room for films of this library.', extra: { reason: 'too_large', full: true } });
const isNoRoom = (error: unknown): boolean => error instanceof DamsonError && error.extra.full === true;

/** Works on one wish: ffmpeg, and every piece kept as soon as it is whole. Doing it twice changes nothing. */
export class FilmMaker {
  private readonly deps: FilmMakerDeps;

  constructor(deps: FilmMakerDeps) {
    this.deps = deps;
  }

  async run(ctx: Ctx, filmId: string, run: JobRun): Promise<void> {
    const { repository, storage, log } = this.deps;
    const film = await repository.begin(ctx, filmId);
    if (!film) return;
    const there = await this.there(ctx, film);
    if (there) {
      await this.ready(ctx, film, there, run);
      return;
    }
    try {
      const source = keys.original(film.workspaceId, film.blobId);
      const { inputs, files = [] } = film.source;
      const wanted = [source, ...inputs, ...files.map(({ key }) => key)];
      const made = await withLocalFiles(storage, wanted, ([path = '', ...more]) =>
        this.make(ctx, film, path, {
          inputs: more.slice(0, inputs.length),
          files: files.map((file, n) => ({ path: more[inputs.length + n] ?? '', source: file.source })),
        }),
      );
      if (made) await this.ready(ctx, film, made, run);
      else await this.failed(ctx, film, 'The file is not there.', run);
    } catch (error) {
      const problem = previewProblemOf(error);
      if (problem === null) throw error;
      log.warn({ assetId: film.assetId, filmId, reason: problem.reason, err: error }, 'a film could not be made');
      await this.failed(ctx, film, problem.detail, run, isNoRoom(error));
    }
  }

  private async ready(ctx: Ctx, film: FilmRow, { made, bytes }: Result, run: JobRun): Promise<void> {
    await run.complete(ctx, async (trx) => {
      if (!(await this.deps.repository.ready(trx, film, made, bytes))) throw superseded();
    });
  }

  /** @param empties what it made goes at once, so that there is room for others; else players have it until the row goes */
  private async failed(ctx: Ctx, film: FilmRow, reason: string, run: JobRun, empties = false): Promise<void> {
    const { repository, storage } = this.deps;
    await run.complete(ctx, async (trx) => {
      // Before the row: so does who removes both.
      if (empties) await repository.lockPieces(trx, film);
      if (!(await repository.failed(trx, film.id, film.attempt, reason))) throw superseded();
      if (!empties) return;
      await repository.takes(trx, film.id, 0);
      if (!(await repository.inherit(trx, film, film.id, 0))) await removePieces(storage, film);
    });
  }

  async giveUp(ctx: Ctx, filmId: string): Promise<void> {
    await this.deps.repository.failed(ctx, filmId, null, 'The film could not be made.');
  }

  /**
   * What is in the store already: of another asset with the same bytes, or of a run that did not get to say so. A ladder is believed only
   * when nobody has missed a piece of this one yet.
   */
  private async there(ctx: Ctx, film: FilmRow): Promise<Result | null> {
    const { repository, storage } = this.deps;
    const first = await storage.head(pieceKey(film, firstPiece(film)));
    if (!first) return null;
    if (film.make.make !== 'ladder') return { made: { pieces: {}, codecs: {}, bytes: first.bytes }, bytes: first.bytes };
    const made = film.attempt === 1 ? await repository.twin(ctx, film) : null;
    // The other row counts the bytes.
    return made && { made, bytes: 0 };
  }

  private async make(ctx: Ctx, film: FilmRow, path: string, laid: Laid): Promise<Result> {
    const { media, storage, repository } = this.deps;
    const progress = new Progress(film);
    let left = await this.deps.left(ctx, film.id);
    if (left <= 0) throw noRoom();
    const whole =
      film.make.make === 'sprite' ? null : (film.make.cut.duration ?? Math.max(0.1, (film.source.seconds ?? 0) - film.make.cut.start));
    let noted = Number.NEGATIVE_INFINITY;
    let playable = false;
    const note = async (seconds: number, now = false): Promise<void> => {
      if (!now && performance.now() - noted < NOTE_MS) return;
      noted = performance.now();
      const share = whole === null ? 0 : Math.min(0.99, seconds / whole);
      if (!(await repository.progress(ctx, film, share, progress.made, progress.total))) throw superseded();
      // Others are being made too.
      left = await this.deps.left(ctx, film.id);
    };
    await note(0, true);
    let behind: Promise<void> = Promise.resolve();
    const making = media.film(
      { path, bytes: 0 },
      film.source,
      film.make,
      { signal: ctx.signal, deadlineMs: FILM_DEADLINE_MS, lane: 'ingest' },
      {
        piece: async (piece) => {
          await progress.add(piece);
          if (progress.total > left) throw noRoom();
          const key = pieceKey(film, piece.name);
          // A whole file stays what it is under its ETag, also when two runs or two rows make it at a time.
          if (film.make.make === 'ladder' || !(await storage.head(key)))
            await storage.put(key, piece.file.createReadStream({ start: 0, autoClose: false }));
          const first = !playable && isPlayable(film, progress.made);
          playable ||= first;
          // Of a single file this is the one chance to find out.
          await note(progress.seconds, first || film.make.make !== 'ladder');
        },
        progress: (seconds) => {
          // A ladder counts what is kept.
          if (film.make.make !== 'ladder') behind = behind.then(() => note(seconds)).catch(() => undefined);
        },
      },
      { ...laid, resume: (rest, measured) => resumePlan(rest, measured, layersOf(film)) },
    );
    // What comes of it is the last thing that is noted.
    try {
      await making;
    } finally {
      await behind;
    }
    return { made: progress.made, bytes: progress.total };
  }
}

/** Every rung of the ladder has its first piece. */
export function isPlayable(film: Pick<FilmRow, 'make'>, made: Made): boolean {
  if (film.make.make !== 'ladder') return false;
  const names = [...film.make.rungs.map(({ name }) => name), ...(film.make.audio ? ['audio'] : [])];
  return names.every((name) => (made.pieces[name]?.length ?? 0) > 0);
}

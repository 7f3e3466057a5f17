import { expect } from 'chai';
import { decodeFailed, type Media } from '../../../src/platform/media/media.ts';
import { createDiskStorage } from '../../../src/platform/storage/disk.ts';
import type { Storage } from '../../../src/platform/storage/storage.ts';
import * as images from '../../support/fixtures/images.ts';
import { av } from '../../support/fixtures/video.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { type MediaRoom, openMedia } from '../../support/media.ts';
import { requireTool } from '../../support/tools.ts';
import { until } from '../../support/until.ts';

interface Hooks {
  /** Before a file is identified. */
  identify(name: string): Promise<void>;
  /** Whether the stored object of this turn is to be missing. */
  missing(): Promise<boolean>;
  clip: Media['clip'] | null;
  still: Media['withStill'] | null;
}

/** Ingest that is held up, or fails half way. */
describe('ingest between two versions', function () {
  this.timeout(120_000);
  let server: TestServer;
  let room: MediaRoom;
  const puts: { key: string; whole: boolean }[] = [];
  const calm: Hooks = { identify: async () => undefined, missing: async () => false, clip: null, still: null };
  const hooks: Hooks = { ...calm };

  before(async () => {
    room = openMedia();
    const { media } = room;
    const storage = await createDiskStorage({ dir: `${room.tempDir}-objects`, fsync: false });
    const slow: Partial<Media> = {
      identify: async (file, name, options) => {
        await hooks.identify(name);
        return media.identify(file, name, options);
      },
      clip: (...args) => (hooks.clip ?? media.clip)(...args),
      withStill: (...args) => (hooks.still ?? media.withStill.bind(media))(...args),
    };
    const watched: Partial<Storage> = {
      withLocalFile: async (key, work) => ((await hooks.missing()) ? null : storage.withLocalFile(key, work)),
      put: (key, body) => {
        puts.push({ key, whole: Buffer.isBuffer(body) });
        return storage.put(key, body);
      },
    };
    server = await startServer({ overrides: { media: overlaid(media, slow), storage: overlaid(storage, watched) } });
  });
  after(async () => {
    await server.close();
    await room.close();
  });
  afterEach(() => Object.assign(hooks, calm));

  /** The object with some of its methods replaced. */
  function overlaid<T extends object>(base: T, over: Partial<T>): T {
    return new Proxy(base, {
      get: (target, name) => {
        const value = Reflect.get(Object.hasOwn(over, name) ? over : target, name);
        return typeof value === 'function' && !Object.hasOwn(over, name) ? value.bind(target) : value;
      },
    });
  }

  const sql = <R>(text: string, params: unknown[] = []) => server.container.database.sql.query<R>({}, text, params);
  const ingested = (assetId: string) =>
    until('no job is left', async () => {
      const open = await sql(`select 1 from outbox where topic = 'assets.ingest' and subject = $1 and state in ('pending', 'published')`, [
        assetId,
      ]);
      return open.length === 0;
    });

  /** Uploads a picture whose ingest is held at `at`, replaces it by a text, and lets the old job go on when the new one is ready. */
  async function overtaken(name: string, at: (hold: () => Promise<void>) => void) {
    let reached = false;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let first = true;
    at(async () => {
      if (!first) return;
      first = false;
      reached = true;
      await held;
    });
    const { body } = await upload(server.api, name, await images.png(), { folder: '/late' });
    await until('the first job is at work', () => reached);
    await upload(server.api, name, Buffer.from('plain text'), { folder: '/late', onConflict: 'version' });
    const ready = await settled(server.api, body['id']);
    goOn();
    await ingested(body['id']);
    return { ready, after: (await (await server.api(`/api/v1/assets/${body['id']}`)).json()) as Record<string, any> };
  }

  it('a late one writes what belongs to its own version, and nothing of the asset', async () => {
    const { ready, after } = await overtaken('late.png', (hold) => (hooks.identify = hold));
    expect(ready).to.include({ version: 2, kind: 'other', status: 'ready', width: null });
    expect(after).to.deep.equal(ready);
    const [old] = await sql<{ mime: string; width: number }>(
      'select mime, width from file_version where asset_id = $1 and number = 1 and ingested_at is not null',
      [after['id']],
    );
    expect(old).to.deep.equal({ mime: 'image/png', width: 320 });
  });

  it('a late failure does not make the newer version failed', async () => {
    const { ready, after } = await overtaken('lost.png', (hold) => {
      let lost = true;
      hooks.missing = async () => {
        if (!lost) return false;
        lost = false;
        await hold();
        return true;
      };
    });
    expect(after).to.deep.equal(ready);
  });

  it('keeps a title that is being written at the same time', async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let reached = false;
    hooks.identify = async () => {
      reached = true;
      await held;
    };
    const { body } = await upload(server.api, 'title.png', await images.png());
    const id = String(body['id']);
    await until('the job is at work', () => reached);
    const { transactions } = server.container.database;
    await transactions.run(server.ctx, async (ctx) => {
      await server.container.database.sql.query(ctx, 'select 1 from asset where id = $1 for update', [id]);
      await server.container.metadata.setValues(ctx, id, { title: 'By a person' });
      goOn();
      await until('the job waits for the person', async () => {
        const waiting = await sql(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
        return waiting.length > 0;
      });
    });
    expect(await settled(server.api, id)).to.include({ title: 'By a person', status: 'ready' });
  });

  it('reading it again takes nothing away when that fails', async () => {
    const { body } = await upload(server.api, 'refreshed.tiff', await images.tiff(), { folder: '/again' });
    const id = String(body['id']);
    await settled(server.api, id);
    const look = () =>
      sql<Record<string, unknown>>(
        `select a.status, a.failure_code, a.preview_state, v.colours, v.thumbhash, v.phash, v.embedded, v.width
         from asset a join file_version v on v.id = a.current_version_id where a.id = $1`,
        [id],
      );
    const [before] = await look();
    expect(before).to.include({ preview_state: 'ready' });
    expect(before?.['thumbhash']).not.to.equal(null);
    const again = async () => {
      await sql(
        `update rendition set pipeline = 0 where name = 'mezzanine' and version_id in (select current_version_id from asset where id = $1)`,
        [id],
      );
      expect(await server.container.refreshOutdated(server.ctx, { failed: false, only: false })).to.equal(1);
      await until('no job is left', async () => {
        const open = await sql(`select 1 from outbox where topic = 'assets.refresh' and state in ('pending', 'published')`);
        return open.length === 0;
      });
    };
    let tried = 0;
    hooks.still = async () => {
      tried += 1;
      throw decodeFailed({ detail: 'Decoding took too long and was stopped.', extra: { reason: 'timeout' } });
    };
    await again();
    expect([tried, ...(await look())]).to.deep.equal([1, before]);
    hooks.missing = async () => {
      tried += 1;
      return true;
    };
    await again();
    expect([tried, ...(await look())]).to.deep.equal([2, before]);
  });

  it('a clip that cannot be made costs the clip alone', async function () {
    requireTool(this, 'ffmpeg');
    hooks.clip = async () => {
      throw decodeFailed({ detail: 'Converting took too long and was stopped.', extra: { reason: 'timeout' } });
    };
    const { body } = await upload(server.api, 'film.mp4', av('mp4'));
    const asset = await settled(server.api, body['id']);
    expect(asset).to.include({ status: 'ready', kind: 'video' });
    expect(asset['preview']).to.include({ state: 'ready' });
    expect(asset['colours'].length).to.be.greaterThan(0);
    expect(asset['renditions'].map((item: { name: string }) => item.name))
      .to.include.members(['thumbnail', 'preview'])
      .and.not.include('clip');
    expect(asset['preview'], 'and no address of it is given').to.deep.include({ state: 'ready', clip: null });
    expect((await server.api(`/api/v1/assets/${asset['id']}/clip`)).status).to.equal(404);
  });

  it('a clip is stored without being held in memory', async function () {
    requireTool(this, 'ffmpeg');
    const { body } = await upload(server.api, 'streamed.mp4', av('webm'));
    await settled(server.api, body['id']);
    expect(puts.filter(({ key }) => key.endsWith('.mp4')).map(({ whole }) => whole)).to.deep.equal([false]);
    const clip = await server.api(`/api/v1/assets/${body['id']}/clip`);
    expect(Buffer.from(await clip.arrayBuffer()).toString('latin1', 4, 8)).to.equal('ftyp');
  });
});

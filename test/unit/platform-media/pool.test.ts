import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { type DamsonError, isError } from '../../../src/errors.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { Gate } from '../../../src/platform/media/gate.ts';
import { previewProblemOf } from '../../../src/platform/media/media.ts';
import type { ImagePlan } from '../../../src/platform/media/plan.ts';
import { RasterPool } from '../../../src/platform/media/pool.ts';
import { jpeg } from '../../support/fixtures/images.ts';
import { useBomb } from '../../support/fixtures/svg.ts';
import { type MediaRoom, mediaOptions, openMedia } from '../../support/media.ts';
import { until } from '../../support/until.ts';

const never = new AbortController().signal;
const live = { lane: 'live', signal: never, waitMs: 5_000 } as const;
const ingest = { lane: 'ingest', signal: never, waitMs: 5_000 } as const;

describe('the gate before the decoders', () => {
  it('lets live requests past waiting ingest jobs', async () => {
    const gate = new Gate({ slots: 1, maxWaiting: 10 });
    const first = await gate.enter(live);
    const order: string[] = [];
    const jobs = [
      gate.enter(ingest).then((release) => [order.push('ingest'), release()]),
      gate.enter(live).then((release) => [order.push('live'), release()]),
    ];
    first();
    await Promise.all(jobs);
    expect(order).to.deep.equal(['live', 'ingest']);
  });

  it('keeps one extra slot for live requests while ingest holds all', async () => {
    const gate = new Gate({ slots: 2, maxWaiting: 10 });
    await gate.enter(ingest);
    await gate.enter(ingest);
    await gate.enter(live);
    expect(gate.load).to.deep.equal({ running: 3, waiting: 0 });
    void gate.enter(live);
    void gate.enter(ingest);
    expect(gate.load).to.deep.equal({ running: 3, waiting: 2 });
  });

  it('answers media_busy with Retry-After when its queue is full or the wait too long', async () => {
    const gate = new Gate({ slots: 1, maxWaiting: 1 });
    await gate.enter(live);
    const patient = gate.enter({ ...live, waitMs: 20 }).catch((error: unknown) => error);
    const refused = await gate.enter(live).catch((error: unknown) => error);
    for (const error of [refused, await patient]) {
      expect(isError(error, 'media_busy')).to.equal(true);
      expect((error as DamsonError).status).to.equal(503);
      expect(Number((error as DamsonError).headers['Retry-After'])).to.be.greaterThan(0);
    }
    expect(gate.load.waiting).to.equal(0);
  });

  it('forgets a waiting job whose caller went away', async () => {
    const gate = new Gate({ slots: 1, maxWaiting: 5 });
    await gate.enter(live);
    const caller = new AbortController();
    const waiting = gate.enter({ ...live, signal: caller.signal }).catch((error: unknown) => error);
    caller.abort(new Error('left'));
    expect(await waiting).to.have.property('message', 'left');
    expect(gate.load.waiting).to.equal(0);
  });
});

describe('the pool of raster children', () => {
  let room: MediaRoom;
  beforeEach(() => {
    room = openMedia({ slots: 1 });
  });
  afterEach(() => room.close());

  /** Takes long enough to be interrupted: a large lossless AVIF at high effort. */
  const slow: ImagePlan = {
    page: 0,
    animated: false,
    autoOrient: true,
    ops: [{ op: 'scale', width: 4000, height: 3000 }],
    encode: { format: 'avif', quality: 100, lossless: true, effort: 9, metadata: 'strip' },
  };
  const quick: ImagePlan = {
    ...slow,
    ops: [{ op: 'scale', width: 32, height: 24 }],
    encode: { format: 'webp', quality: 80, metadata: 'strip' },
  };

  it('kills a job at its deadline and works on', async () => {
    const file = room.put(await jpeg());
    await room.media.render(file, quick, mediaOptions());
    const [pid] = room.media.pool.pids;
    const error = await room.media.render(file, slow, mediaOptions({ deadlineMs: 200 })).catch((reason: unknown) => reason);
    expect(previewProblemOf(error)).to.include({ state: 'failed', reason: 'timeout' });
    expect((await room.media.render(file, quick, mediaOptions())).width).to.equal(32);
    expect(room.media.pool.pids).to.have.length(1).and.not.to.include(pid);
  });

  it('ends a job whose caller went away', async () => {
    const file = room.put(await jpeg());
    const caller = new AbortController();
    const job = room.media.render(file, slow, mediaOptions({ signal: caller.signal })).catch((reason: unknown) => reason);
    await until('the job runs', () => room.media.pool.load.children === 1);
    caller.abort(new Error('left'));
    expect(await job).to.have.property('message', 'left');
    expect((await room.media.render(file, quick, mediaOptions())).width).to.equal(32);
  });

  it('loses only the one job of a child that is killed', async () => {
    const file = room.put(await jpeg());
    await room.media.render(file, quick, mediaOptions());
    const job = room.media.render(file, slow, mediaOptions()).catch((reason: unknown) => reason);
    const next = room.media.render(file, quick, mediaOptions());
    await until('the job runs', () => room.media.pool.load.running === 1);
    const [pid] = room.media.pool.pids;
    process.kill(pid ?? 0, 'SIGKILL');
    expect(previewProblemOf(await job)).to.include({ state: 'failed', reason: 'damaged' });
    expect((await next).width).to.equal(32);
  });

  it('leaves no child behind', async () => {
    const file = room.put(await jpeg());
    await room.media.render(file, quick, mediaOptions());
    const { pids } = room.media.pool;
    expect(pids).to.have.length(1);
    await room.media.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).to.throw(/ESRCH/);
    expect(isError(await room.media.render(file, quick, mediaOptions()).catch((e: unknown) => e), 'unavailable')).to.equal(true);
  });

  it('replaces a child after its share of jobs', async () => {
    const { sandbox } = room.media;
    const pool = new RasterPool({ slots: 1, sandbox, tempDir: room.tempDir, fontConfig: '/dev/null', log: silentLog, recycleAfter: 2 });
    try {
      const { path } = room.put(await jpeg());
      const facts = () => pool.run({ kind: 'facts', path }, mediaOptions());
      await facts();
      const [first] = pool.pids;
      await facts();
      expect(pool.pids).not.to.include(first);
      await facts();
      expect(pool.pids).to.have.length(1);
    } finally {
      await pool.close();
    }
  });
});

describe('a service that stops', () => {
  it('ends what runs in the sandbox, too', async () => {
    const room = openMedia({ slots: 1 });
    const file = room.put(useBomb());
    const found = await room.media.identify(file, 'x', mediaOptions());
    const still = room.media.withStill(file, found, mediaOptions(), async () => 'drawn').catch((error: unknown) => error);
    await until('the job has its room', () => readdirSync(room.tempDir).some((name) => name.startsWith('job-')));
    await room.close();
    expect(isError(await still, 'unavailable')).to.equal(true);
  });
});

describe('SANDBOX=required', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  it('refuses to start where namespaces are not to be had', () => {
    process.env.PATH = '/nonexistent';
    expect(() => openMedia({ sandbox: 'required' })).to.throw(/SANDBOX=required/);
  });

  it('goes without where it may, and says so', async () => {
    process.env.PATH = '/nonexistent';
    const room = openMedia({ sandbox: 'auto' });
    expect(room.media.sandbox.mode).to.equal('none');
    expect(room.media.sandbox.detail).to.contain('deadline only');
    await room.close();
  });
});

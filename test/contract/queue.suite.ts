import { expect } from 'chai';
import { z } from 'zod';
import { type Ctx, systemContext } from '../../src/context.ts';
import type { Database } from '../../src/platform/database/database.ts';
import type { JobRunnerOptions } from '../../src/platform/queue/bullmq.ts';
import { defineJob, type JobDef, type JobQueue, type JobRunner, PermanentJobError } from '../../src/platform/queue/queue.ts';
import { until } from '../support/until.ts';

/** What every queue must do, whatever it runs on. */
export interface QueueWorld {
  readonly database: Database;
  readonly queue: JobQueue;
  runner(over?: Partial<JobRunnerOptions>): JobRunner;
  /** Closes what is left and removes the database. */
  drop(): Promise<void>;
}

const payload = z.object({ n: z.number() });
type Payload = z.infer<typeof payload>;
const ctx = systemContext('ws-1');

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

export function describeQueue(name: string, make: () => Promise<QueueWorld>): void {
  describe(`queue on ${name}`, () => {
    let world: QueueWorld;
    let runners: JobRunner[] = [];

    const job = (over: Partial<JobDef<Payload>> & Pick<JobDef<Payload>, 'handle'>): JobDef<Payload> =>
      defineJob({ name: 'test.count', queue: 'io', payload, ...over });

    const start = async (jobs: readonly JobDef<any>[], over: Partial<JobRunnerOptions> = {}): Promise<JobRunner> => {
      const runner = world.runner(over);
      runners.push(runner);
      runner.register(jobs);
      await runner.start(['media', 'io', 'search', 'cron']);
      return runner;
    };

    const effect =
      (n: number) =>
      async (trx: Ctx): Promise<void> => {
        await world.database.sql.query(trx, 'insert into test_effect (n) values ($1)', [n]);
      };
    const effects = async (): Promise<number[]> =>
      (await world.database.sql.query<{ n: number }>({}, 'select n from test_effect order by at, n')).map((row) => row.n);
    const states = async (): Promise<string[]> =>
      (await world.database.sql.query<{ state: string }>({}, 'select state from outbox order by id')).map((row) => row.state);
    const allDone = (count: number) =>
      until(`${count} rows done`, async () => {
        const found = await states();
        return found.length === count && found.every((state) => state === 'done');
      });

    beforeEach(async () => {
      world = await make();
      await world.database.sql.query({}, 'create table test_effect (n int, at timestamptz default clock_timestamp())');
    });
    afterEach(async () => {
      await Promise.all(runners.map((runner) => runner.close(0)));
      runners = [];
      await world.drop();
    });

    it('runs a committed job once and tells the handler who it is', async () => {
      const seen: unknown[] = [];
      const count = job({
        handle: async (given, { n }, run) => {
          seen.push([given.workspaceId, n, run.attempt, run.maxAttempts]);
          expect(await run.complete(given, effect(n))).to.equal(true);
        },
      });
      await start([count]);
      await world.database.transactions.run(ctx, (trx) => world.queue.enqueue(trx, count, { n: 1 }, { subject: 'asset-1' }));
      await allDone(1);
      expect(await effects()).to.deep.equal([1]);
      expect(seen).to.deep.equal([['ws-1', 1, 1, 5]]);
    });

    it('has no job when the transaction rolls back', async () => {
      const count = job({ handle: (given, { n }, run) => run.complete(given, effect(n)).then(() => undefined) });
      await start([count]);
      const rolledBack = world.database.transactions.run(ctx, async (trx) => {
        await world.queue.enqueue(trx, count, { n: 1 });
        throw new Error('no');
      });
      expect(await rolledBack.catch((error: Error) => error.message)).to.equal('no');
      await world.queue.enqueue(ctx, count, { n: 2 });
      await allDone(1);
      expect(await effects()).to.deep.equal([2]);
    });

    it('refuses a payload that does not fit, when it is enqueued', async () => {
      const count = job({ handle: async () => undefined });
      const refused = await world.queue.enqueue(ctx, count, { n: 'x' } as never).catch((error: Error) => error.name);
      expect(refused).to.equal('ZodError');
      expect(await states()).to.deep.equal([]);
    });

    it('takes many jobs in one statement and runs each once', async () => {
      const count = job({ handle: (given, { n }, run) => run.complete(given, effect(n)).then(() => undefined) });
      await start([count]);
      const numbers = Array.from({ length: 250 }, (_, n) => n);
      await world.queue.enqueueMany(
        ctx,
        count,
        numbers.map((n) => ({ n })),
      );
      await allDone(250);
      expect((await effects()).sort((a, b) => a - b)).to.deep.equal(numbers);
    });

    it('completes a handler that does not complete by itself', async () => {
      const count = job({ handle: async () => undefined });
      await start([count]);
      await world.queue.enqueue(ctx, count, { n: 1 });
      await allDone(1);
    });

    it('gives one effect when the handler runs twice after its effect', async () => {
      const answers: boolean[] = [];
      const count = job({
        handle: async (given, { n }, run) => {
          answers.push(await run.complete(given, effect(n)));
          answers.push(await run.complete(given, effect(n)));
          throw new Error('after the effect');
        },
      });
      await start([count], { backoffMs: 1 });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await allDone(1);
      await until('both answers', () => answers.length >= 2);
      expect(answers.slice(0, 2)).to.deep.equal([true, false]);
      expect(await effects()).to.deep.equal([1]);
    });

    it('rolls the effect back with its transaction and tries again with backoff', async () => {
      const attempts: number[] = [];
      const count = job({
        handle: (given, { n }, run) =>
          run
            .complete(given, async (trx) => {
              attempts.push(run.attempt);
              await effect(n)(trx);
              if (run.attempt < 3) throw new Error(`attempt ${run.attempt}`);
            })
            .then(() => undefined),
      });
      await start([count], { backoffMs: 5 });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await allDone(1);
      expect(attempts).to.deep.equal([1, 2, 3]);
      expect(await effects()).to.deep.equal([1]);
    });

    it('calls onFailed once after the last attempt, together with the row being dead', async () => {
      const failed: string[] = [];
      const count = job({
        attempts: 3,
        handle: (_, __, run) => Promise.reject(new Error(`attempt ${run.attempt}`)),
        onFailed: async (trx, { n }, error) => {
          failed.push(error.message);
          await effect(n)(trx);
        },
      });
      const runner = await start([count], { backoffMs: 1 });
      await world.queue.enqueue(ctx, count, { n: 7 });
      await until('dead', async () => (await states())[0] === 'dead');
      expect(failed).to.deep.equal(['attempt 3']);
      expect(await effects()).to.deep.equal([7]);
      const [row] = await world.database.sql.query<{ error: string; failures: number }>({}, 'select error, failures from outbox');
      expect(row).to.deep.equal({ error: 'attempt 3', failures: 3 });
      expect((await runner.stats()).queues.find(({ queue }) => queue === 'io')?.failed).to.equal(1);
    });

    it('tries onFailed again when it fails itself', async () => {
      let calls = 0;
      const count = job({
        attempts: 1,
        handle: () => Promise.reject(new Error('no')),
        onFailed: async () => {
          calls += 1;
          if (calls === 1) throw new Error('the database was away');
        },
      });
      await start([count], { leaseMs: 1, pollMs: 20 });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await until('first call', () => calls === 1);
      await until('lease over', async () => {
        await world.database.sql.query({}, `update outbox set lease = now() - interval '1 second'`);
        return (await states())[0] === 'dead';
      });
      expect(calls).to.equal(2);
    });

    it('does not repeat a permanent error', async () => {
      let runs = 0;
      const count = job({
        handle: () => {
          runs += 1;
          return Promise.reject(new PermanentJobError('never'));
        },
      });
      await start([count], { backoffMs: 1 });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await until('dead', async () => (await states())[0] === 'dead');
      expect(runs).to.equal(1);
    });

    it('stops a job at its time limit, also one that does not listen, and lets nothing of it be committed', async () => {
      const reasons: string[] = [];
      const late = gate();
      let refused: string | undefined;
      const count = job({
        attempts: 1,
        timeoutMs: 30,
        handle: async (given, { n }, run) => {
          if (n === 1) await new Promise((_, reject) => given.signal.addEventListener('abort', () => reject(given.signal.reason as Error)));
          await late.opened;
          refused = await run.complete(given, effect(n)).then(
            () => 'committed',
            (error: Error) => error.message,
          );
        },
        onFailed: async (_, { n }, error) => void reasons.push(`${n}: ${error.message}`),
      });
      await start([count]);
      await world.queue.enqueueMany(ctx, count, [{ n: 1 }, { n: 2 }]);
      await until('both dead', async () => (await states()).every((state) => state === 'dead'));
      expect(reasons.sort()).to.deep.equal(['1: the job took longer than 30 ms', '2: the job took longer than 30 ms']);
      late.open();
      await until('late run refused', () => refused);
      expect(refused).to.contain('took longer');
      expect(await effects()).to.deep.equal([]);
    });

    it('starts urgent jobs first and delayed ones later', async () => {
      const order: number[] = [];
      const blocker = gate();
      const handle: JobDef<Payload>['handle'] = async (_, { n }) => {
        order.push(n);
        if (n === 0) await blocker.opened;
      };
      const normal = job({ name: 'test.normal', handle });
      const urgent = job({ name: 'test.urgent', priority: 1, handle });
      const runner = await start([normal, urgent], { concurrency: { io: 1 } });
      await world.queue.enqueue(ctx, normal, { n: 0 });
      await until('busy', () => order.length === 1);
      await world.queue.enqueue(ctx, normal, { n: 4 }, { delayMs: 600 });
      await world.queue.enqueue(ctx, normal, { n: 2 });
      await world.queue.enqueue(ctx, urgent, { n: 1 });
      await until('both waiting', async () => (await runner.stats()).queues.find(({ queue }) => queue === 'io')?.waiting === 2);
      blocker.open();
      await allDone(4);
      expect(order).to.deep.equal([0, 1, 2, 4]);
    });

    it('starts jobs of one kind in the order of what they say of themselves', async () => {
      const order: number[] = [];
      const blocker = gate();
      const turns = job({
        name: 'test.turns',
        priorityOf: ({ n }) => n,
        handle: async (_, { n }) => {
          order.push(n);
          if (n === 9) await blocker.opened;
        },
      });
      const runner = await start([turns], { concurrency: { io: 1 } });
      await world.queue.enqueue(ctx, turns, { n: 9 });
      await until('busy', () => order.length === 1);
      for (const n of [3, 1, 2]) await world.queue.enqueue(ctx, turns, { n });
      await until('all waiting', async () => (await runner.stats()).queues.find(({ queue }) => queue === 'io')?.waiting === 3);
      blocker.open();
      await allDone(4);
      expect(order).to.deep.equal([9, 1, 2, 3]);
    });

    it('runs scheduled jobs, without outbox rows, and drops schedules that are gone', async () => {
      const seen: string[] = [];
      const tick = defineJob({
        name: 'test.tick',
        queue: 'cron',
        payload: z.object({}),
        every: 50,
        handle: async (given, _, run) => {
          seen.push(given.workspaceId);
          await run.complete(given, effect(1));
        },
      });
      const first = await start([tick]);
      await until('three ticks', () => seen.length >= 3);
      expect(seen[0]).to.equal('');
      expect((await effects()).length).to.be.greaterThan(1);
      expect(await states()).to.deep.equal([]);
      await first.close();
      const before = seen.length;
      let others = 0;
      const other = defineJob({
        name: 'test.other',
        queue: 'cron',
        payload: z.object({}),
        every: 20,
        handle: async () => void (others += 1),
      });
      await start([other]);
      await until('the other ticks', () => others >= 4);
      expect(seen.length).to.equal(before);
    });

    it('two relays and 200 transactions, 20 rolled back: 180 jobs, none twice, none left', async () => {
      const count = job({ handle: (given, { n }, run) => run.complete(given, effect(n)).then(() => undefined) });
      await start([count]);
      await start([count]);
      const one = (n: number): Promise<void> =>
        world.database.transactions
          .run(ctx, async (trx) => {
            await world.queue.enqueue(trx, count, { n });
            if (n % 10 === 0) throw new Error('rolled back');
          })
          .catch(() => undefined);
      await Promise.all(Array.from({ length: 200 }, (_, n) => one(n)));
      await allDone(180);
      const expected = Array.from({ length: 200 }, (_, n) => n).filter((n) => n % 10 !== 0);
      expect((await effects()).sort((a, b) => a - b)).to.deep.equal(expected);
    });

    it('publishes again what was published and never heard of', async () => {
      const count = job({ handle: (given, { n }, run) => run.complete(given, effect(n)).then(() => undefined) });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await world.database.sql.query({}, `update outbox set state = 'published', lease = now() - interval '1 second'`);
      await start([count], { pollMs: 20 });
      await allDone(1);
      expect(await effects()).to.deep.equal([1]);
    });

    it('publishes again what the queue holds as ended although that was never noted', async () => {
      let runs = 0;
      const count = job({ handle: async () => void (runs += 1) });
      await start([count], { pollMs: 20 });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await allDone(1);
      await world.database.sql.query({}, 'delete from inbox');
      await world.database.sql.query({}, `update outbox set state = 'published', lease = now() - interval '1 second'`);
      await allDone(1);
      expect(runs).to.equal(2);
    });

    it('leaves jobs alone that this process does not know', async () => {
      const known = job({ handle: async () => undefined });
      const unknown = job({ name: 'test.unknown', handle: async () => undefined });
      await start([known]);
      await world.queue.enqueue(ctx, unknown, { n: 1 });
      await world.queue.enqueue(ctx, known, { n: 2 });
      await until('the known one', async () => (await states())[1] === 'done');
      expect(await states()).to.deep.equal(['pending', 'done']);
      await start([unknown]);
      await allDone(2);
    });

    it('waits for running jobs when it closes', async () => {
      const running = gate();
      const finish = gate();
      const count = job({
        handle: async (given, { n }, run) => {
          running.open();
          await finish.opened;
          await run.complete(given, effect(n));
        },
      });
      const runner = await start([count]);
      await world.queue.enqueue(ctx, count, { n: 1 });
      await running.opened;
      const closed = runner.close(20_000);
      finish.open();
      await closed;
      expect(await effects()).to.deep.equal([1]);
      expect(await states()).to.deep.equal(['done']);
    });

    it('gives a job back that listens when it closes, without counting the attempt', async () => {
      const attempts: number[] = [];
      const count = job({
        attempts: 1,
        handle: async (given, { n }, run) => {
          attempts.push(run.attempt);
          if (attempts.length === 1)
            await new Promise((_, reject) => given.signal.addEventListener('abort', () => reject(given.signal.reason as Error)));
          await run.complete(given, effect(n));
        },
      });
      const first = await start([count]);
      await world.queue.enqueue(ctx, count, { n: 1 });
      await until('running', () => attempts.length === 1);
      await first.close(1);
      await start([count]);
      await allDone(1);
      expect(attempts).to.deep.equal([1, 1]);
      expect(await effects()).to.deep.equal([1]);
    });

    it('runs a job again whose worker was lost', async () => {
      const first = gate();
      let runs = 0;
      const count = job({
        handle: async (given, { n }, run) => {
          runs += 1;
          if (runs === 1) await first.opened;
          await run.complete(given, effect(n));
        },
      });
      const quick = { lockDurationMs: 300, stalledIntervalMs: 100 };
      const lost = await start([count], quick);
      await world.queue.enqueue(ctx, count, { n: 1 });
      await until('running', () => runs === 1);
      await lost.close(0);
      await start([count], quick);
      await allDone(1);
      expect(runs).to.equal(2);
      expect(await effects()).to.deep.equal([1]);
      first.open();
    });

    it('takes a job for poison that three workers died on', async () => {
      const failed: string[] = [];
      let runs = 0;
      const count = job({
        handle: async () => void (runs += 1),
        onFailed: async (_, __, error) => void failed.push(error.message),
      });
      await world.queue.enqueue(ctx, count, { n: 1 });
      await world.database.sql.query({}, 'update outbox set attempts = 3');
      await start([count]);
      await until('dead', async () => (await states())[0] === 'dead');
      expect(runs).to.equal(0);
      expect(failed).to.deep.equal(['the worker died 3 times during this job']);
    });

    it('removes rows that ended long ago by a scheduled job of its own', async () => {
      const insert = (state: string, days: number) =>
        world.database.sql.query(
          {},
          `with row as (
             insert into outbox (id, workspace_id, topic, payload, state, finished_at)
             values (gen_random_uuid(), '', 'test.old', '{}', $1, now() - $2 * interval '1 day') returning id)
           insert into inbox (consumer, outbox_id) select 'test.old', id from row`,
          [state, days],
        );
      await insert('done', 2);
      await insert('done', 0);
      await insert('dead', 2);
      await insert('dead', 31);
      await insert('pending', 40);
      const left = async (): Promise<string[]> =>
        (
          await world.database.sql.query<{ state: string }>(
            {},
            'select state from outbox join inbox on outbox_id = id where consumer = $1 order by state',
            ['test.old'],
          )
        ).map((row) => row.state);
      await start([]);
      await until('pruned', async () => (await left()).length === 3);
      expect(await left()).to.deep.equal(['dead', 'done', 'pending']);
      const marks = await world.database.sql.query({}, 'select 1 from inbox');
      expect(marks).to.have.length(3);
    });

    it('refuses bad definitions', () => {
      const runner = world.runner();
      const good = job({ handle: async () => undefined });
      runner.register([good]);
      expect(() => runner.register([good])).to.throw('twice');
      expect(() => runner.register([{ ...good, name: 'test.bare', handle: undefined } as never])).to.throw('no handler');
      expect(() => runner.register([{ ...good, name: 'test.lost', queue: 'nowhere' } as never])).to.throw('unknown queue');
      expect(() => runner.register([{ ...good, name: 'test.both', every: 1, cron: '* * * * *' }])).to.throw('both');
      expect(() => job({ name: 'Bad', handle: async () => undefined })).to.throw('module.verb');
    });
  });
}

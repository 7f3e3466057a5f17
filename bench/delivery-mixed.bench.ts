import type { Rhythm } from './lib/alternate.ts';
import { residentOfTree } from './lib/memory.ts';
import { ADDRESSES, LOGO, mixedAddresses, mixedPictures } from './lib/mixed-addresses.ts';
import { mixedLoad } from './lib/mixed-load.ts';
import { apiOf, publish } from './lib/publish.ts';
import type { Result } from './lib/report.ts';
import { startServer } from './lib/server.ts';

/** An hour of a site's life in three minutes: no answer may be wrong, and memory may not go on growing. */

const READERS = 16;
const SIXTHS = 6;
const LOOK_MS = 250;
/** Processes start, the database reads its first pages. */
const WARM_UP_MS = 20_000;
const GOAL = 1.1;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export async function bench(_rhythm: Rhythm, quick: boolean): Promise<Result> {
  const seconds = quick ? 20 : 180;
  const pictures = await mixedPictures();
  const server = await startServer();
  try {
    const api = apiOf(server.url, server.key);
    const paths: string[] = [];
    for (const [name, data] of pictures) paths.push(new URL((await publish(api, name, data)).delivery).pathname);
    const addresses = mixedAddresses(paths);
    if (new Set(addresses.map((each) => each.path)).size !== ADDRESSES) throw new Error('the addresses are not what they should be');

    const load = mixedLoad(server.url, addresses, READERS);
    const sixths: { perSecond: number; resident: number }[] = [];
    try {
      await new Promise((resolve) => setTimeout(resolve, quick ? 1000 : WARM_UP_MS));
      for (let sixth = 0; sixth < SIXTHS; sixth++) {
        const [began, before, seen] = [performance.now(), load.state().total, [] as number[]];
        while (performance.now() - began < (seconds / SIXTHS) * 1000) {
          seen.push(residentOfTree(server.pid));
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
        const perSecond = (load.state().total - before) / ((performance.now() - began) / 1000);
        sixths.push({ perSecond, resident: mean(seen) });
      }
    } finally {
      await load.stop();
    }
    const state = load.state();
    for (const each of state.wrong) process.stderr.write(`${each}\n`);
    const minute = (from: number, to?: number) => mean(sixths.slice(from, to).map(({ resident }) => resident));
    const growth = minute(-2) / minute(0, 2);
    const reached = state.wrongs === 0 && growth <= GOAL;
    const { whole, again, part, absent } = state.good;
    return {
      name: 'delivery-mixed',
      title: `${seconds} s of mixed load`,
      method:
        `${ADDRESSES} addresses of ${pictures.size} pictures (JPEG of 0.5 to 6 megapixels, PNG with transparency; ${WHAT}), ${READERS} at a time; one request in ten is ` +
        'for an address nobody has asked for yet, until there is none, the others for one asked before: whole, with an ETag, a part, or a name that does not exist. Each answer is checked: status, type, length, and the ETag of before. Memory is the resident set of the whole process tree (database ' +
        `and decoders with it; shared pages count for each), looked at each ${LOOK_MS} ms after ${WARM_UP_MS / 1000} s of warm-up. The product as shipped, embedded stack; the client shares the machine.`,
      columns: ['', 'requests/s', 'mean resident MB', ''],
      rows: [
        ...sixths.map(({ perSecond, resident }, at) => [`sixth ${at + 1}`, perSecond.toFixed(0), (resident / 1e6).toFixed(0), '']),
        ['last minute over first', '', growth.toFixed(3), `goal at most ${GOAL}: ${growth <= GOAL ? 'reached' : 'missed'}`],
        ['wrong answers', state.wrongs, '', `goal 0; ${whole} whole, ${again} of 304, ${part} of 206, ${absent} of 404 were right`],
        ['addresses asked', state.distinct, '', `of ${ADDRESSES}`],
      ],
      versions: {},
      quick,
      data: { sixths, state, goal: GOAL },
      // Twenty seconds are all warm-up.
      verdict: quick ? null : reached ? 'reached' : 'missed',
    };
  } finally {
    await server.close();
  }
}

const WHAT = `sizes, crops, JPEG, WebP, small AVIF, text and ${LOGO} as layers`;

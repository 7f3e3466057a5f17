import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import { BytesCache } from '../../../src/modules/library/delivery/delivery.bytes.ts';
import { HotTable } from '../../../src/modules/library/delivery/delivery.hot.ts';
import { Releases } from '../../../src/modules/library/delivery/delivery.releases.ts';
import { createHttpServer } from '../../../src/platform/http/server.ts';
import { PreparedHead } from '../../../src/platform/http/prepared.ts';
import { until } from '../../support/until.ts';

const WEBP = { Accept: 'image/webp' };

/** A server with a hot table before an app that answers nothing by itself; the test does. */
async function stand() {
  const hot = new HotTable(
    () => 1_000,
    () => undefined,
  );
  const bytes = new BytesCache(1_000_000);
  const reached: ServerResponse[] = [];
  const http = createHttpServer((_req, res) => void reached.push(res), hot.handle);
  const port = await http.listen(0, '127.0.0.1');
  const entry = bytes.put('key', Buffer.from('picture'), 'image/webp', 1_000);
  const answer = {
    assetId: 'asset',
    bytes: entry,
    head: new PreparedHead(200, ['Content-Length', '7']),
    etag: '"e"',
    notModified: new PreparedHead(304, []),
    freshUntil: 2_000,
  };
  /** Asks; the requests themselves were read by the server when `seen` says so. */
  const ask = async (headers: Record<string, string> = WEBP) => {
    const response = await fetch(`http://127.0.0.1:${port}/a.jpg`, { headers });
    return `${response.status} ${await response.text()}`;
  };
  return { hot, answer, reached, ask, close: () => http.close(100) };
}

const ACCEPT = { accept: true, saveData: false };
const own = { accept: 'image/webp' };

describe('hot table', () => {
  it('keeps requests for what is being made, and answers them together', async () => {
    const { hot, answer, reached, ask, close } = await stand();
    const { keep, free } = hot.expect('/a.jpg', own, ACCEPT, 'asset');
    const asked = Promise.all([ask(), ask(), ask()]);
    // One that goes its own way, sent later, shows that the others were read.
    const other = ask({ Accept: 'image/png' });
    await until('requests reach the app', () => reached.length > 0);
    keep(answer);
    free();
    expect(await asked).to.deep.equal(['200 picture', '200 picture', '200 picture']);
    expect(reached).to.have.length(1);
    reached[0]?.end('png');
    expect(await other).to.equal('200 png');
    await close();
  });

  it('sends them to the app when nothing came of it', async () => {
    const { hot, reached, ask, close } = await stand();
    const { free } = hot.expect('/a.jpg', own, ACCEPT, 'asset');
    const asked = Promise.all([ask(), ask()]);
    const other = ask({ Accept: 'image/png' });
    await until('requests reach the app', () => reached.length === 1);
    free();
    await until('requests reach the app', () => reached.length === 3);
    for (const res of reached) res.writeHead(422).end('no');
    expect(await asked).to.deep.equal(['422 no', '422 no']);
    expect(await other).to.equal('422 no');
    await close();
  });

  it('lets ranges, conditions and other clients pass', async () => {
    const { hot, reached, ask, close } = await stand();
    const { free } = hot.expect('/a.jpg', own, ACCEPT, 'asset');
    const asked = [ask({ ...WEBP, Range: 'bytes=0-1' }), ask({ ...WEBP, 'If-None-Match': '"x"' }), ask({ Accept: '*/*' })];
    await until('requests reach the app', () => reached.length === 3);
    for (const res of reached) res.end('own way');
    expect(await Promise.all(asked)).to.deep.equal(Array(3).fill('200 own way'));
    free();
    await close();
  });

  it('keeps nothing that was decided before a change', async () => {
    const { hot, answer, reached, ask, close } = await stand();
    const changes: [change: () => void, kept: boolean][] = [
      [() => hot.dropAsset('asset'), false],
      [() => hot.clear(), false],
      [() => hot.dropAsset('another'), true],
    ];
    for (const [change, kept] of changes) {
      const { keep, free } = hot.expect('/a.jpg', own, ACCEPT, 'asset');
      change();
      keep(answer);
      free();
      const before = reached.length;
      const asked = ask();
      if (!kept) {
        await until('the request reaches the app', () => reached.length > before);
        reached.at(-1)?.end('anew');
      }
      expect(await asked).to.equal(kept ? '200 picture' : '200 anew');
    }
    await close();
  });

  it('forgets who went away while waiting', async () => {
    const { hot, answer, reached, close } = await stand();
    const res = { destroyed: true } as ServerResponse;
    let passed = 0;
    const { keep, free } = hot.expect('/a.jpg', own, ACCEPT, 'asset');
    const req = { url: '/a.jpg', method: 'GET', headers: own } as unknown as Parameters<HotTable['handle']>[0];
    expect(hot.handle(req, res, () => void passed++)).to.equal(true);
    keep(answer);
    free();
    expect([passed, reached.length, hot.stats.hits]).to.deep.equal([0, 0, 0]);
    await close();
  });
});

describe('claims given back', () => {
  it('wake everybody who waits for their key, and nobody else', async () => {
    const releases = new Releases();
    const woken: string[] = [];
    const waiting = ['a', 'a', 'b'].map((key) => releases.next(key).then(() => woken.push(key)));
    releases.released('a');
    releases.released('c');
    await Promise.all(waiting.slice(0, 2));
    expect(woken).to.deep.equal(['a', 'a']);
    // By itself, after a moment.
    await waiting[2];
    expect(woken).to.deep.equal(['a', 'a', 'b']);
  });
});

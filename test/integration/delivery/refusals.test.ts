import type { IncomingHttpHeaders } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemContext } from '../../../src/context.ts';
import { signDeliveryUrl } from '../../../src/modules/library/delivery/index.ts';
import { createMedia, type LocalMedia } from '../../../src/platform/media/create.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { type Media, mediaBusy } from '../../../src/platform/media/media.ts';
import { look, pictureAt } from '../../support/delivered.ts';
import { startDelivery, WORKSPACE } from '../../support/fakes/delivery.ts';
import { QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';
import { until } from '../../support/until.ts';

/** Who is refused in which order (decisions 3), and what is said when a decoder fails or all are busy. */

type World = Awaited<ReturnType<typeof startDelivery>>;
const SECRET = 'a-key-of-these-tests';

const codeOf = (headers: IncomingHttpHeaders) => String(headers['ik-error']).split(' ')[0];

describe('signatures that are not good', () => {
  let world: World;
  before(async () => {
    world = await startDelivery({ keys: ['an-older-one', SECRET] });
    world.add('q.png', await quadrants(), { mime: 'image/png', public: { now: false, until: null } });
    world.add('a b.png', await quadrants(), { mime: 'image/png', public: { now: false, until: null } });
  });
  after(() => world?.close());

  const soon = () => Math.floor(world.seen.now / 1000) + 600;
  const signed = (rest: string, expires: number | null = null) => {
    const times = expires === null ? '' : `ik-t=${expires}&`;
    return `${rest}${rest.includes('?') ? '&' : '?'}${times}ik-s=${signDeliveryUrl(rest, SECRET, expires)}`;
  };
  const good = signed('/q.png?tr=w-9,h-9&v=1');
  const [stem = '', signature = ''] = good.split('ik-s=');

  it('are 401 before anything is looked up, whatever else is wrong', async () => {
    expect((await world.get(`/cdn${good}`)).status).to.equal(200);
    expect((await world.get(`/cdn${signed('/q.png?tr=w-9', soon())}`)).status).to.equal(200);
    const rows: [what: string, rest: string][] = [
      ['cut by one digit', good.slice(0, -1)],
      ['cut to nothing', `${stem}ik-s=`],
      ['cut to the name', `${stem}ik-s`],
      ['a digit longer', `${good}0`],
      ['in capitals', `${stem}ik-s=${signature.toUpperCase()}`],
      ['another one', `${stem}ik-s=${'0'.repeat(40)}`],
      ['twice', `${good}&ik-s=${signature}`],
      ['reordered', `/q.png?v=1&tr=w-9,h-9&ik-s=${signature}`],
      ['parameters reordered in the transformation', `/q.png?tr=h-9,w-9&v=1&ik-s=${signature}`],
      ['re-encoded, the transformation', `/q.png?tr=w-9%2Ch-9&v=1&ik-s=${signature}`],
      ['re-encoded, the name', `/q%2Epng?tr=w-9,h-9&v=1&ik-s=${signature}`],
      ['re-encoded, a bracket', `${signed('/q.png?v=(1)').replace('(1)', '%281%29')}`],
      ['moved into the path', `/tr:w-9,h-9/q.png?v=1&ik-s=${signature}`],
      ['with a parameter more', good.replace('v=1', 'v=1&ik-attachment=true')],
      ['with a parameter less', good.replace('&v=1', '')],
      ['of another file', good.replace('q.png', 'a%20b.png')],
      ['of no file at all', good.replace('q.png', 'none.png')],
      ['with another end', signed('/q.png', soon()).replace(/ik-t=\d+/, `ik-t=${soon() + 1}`)],
      ['without its end', signed('/q.png', soon()).replace(/ik-t=\d+&/, '')],
      ['with an end it did not have', good.replace('ik-s', `ik-t=${soon()}&ik-s`)],
      ['with two ends', signed('/q.png', soon()).replace(/(ik-t=\d+)/, '$1&$1')],
      ['with an end that is none', '/q.png?ik-t=soon&ik-s='.concat(signature)],
      ['an end and no signature', `/q.png?ik-t=${soon()}`],
      ['ended', signed('/q.png', soon() - 700)],
      ['on a transformation that is none', `/q.png?tr=w-x&ik-s=${signature}`],
      ['on a path that climbs', `/../q.png?ik-s=${signature}`],
      ['for a version that is none', `/q.png?ik-obj-version=x&ik-s=${signature}`],
    ];
    const looked = world.seen.lookups;
    const rendered = world.mediaCalls.render;
    const bodies = new Set<string>();
    for (const [what, rest] of rows) {
      const { status, headers, body } = await world.get(`/cdn${rest}`);
      expect([status, headers['ik-error'], headers['cache-control']], what).to.deep.equal([
        ...[401, 'EUNAUTHORIZED - The signature or token is not valid', 'no-store'],
      ]);
      bodies.add(body.toString());
    }
    expect(bodies.size, 'nobody learns which').to.equal(1);
    expect([world.seen.lookups, world.mediaCalls.render], 'nothing was looked up').to.deep.equal([looked, rendered]);
  });

  it('are not asked for where a file is public, and do not hide that it is not there', async () => {
    expect(codeOf((await world.get('/cdn/q.png')).headers)).to.equal('ENOENT');
    expect(codeOf((await world.get(`/cdn${signed('/none.png?tr=w-9')}`)).headers)).to.equal('ENOENT');
    expect(codeOf((await world.get(`/cdn${signed('/q.png?tr=w-x')}`)).headers)).to.equal('EPARAM');
    expect(codeOf((await world.get(`/cdn${signed('/q.png?tr=orig-true')}`)).headers)).to.equal('EORIGINAL');
  });
});

describe('the order of refusals', () => {
  const rows: Record<'open' | 'signed' | 'presets', [target: string, code: string][]> = {
    open: [
      ['none.png?tr=w-x&token=nonsense', 'EUNAUTHORIZED'],
      ['none.png?tr=w-x', 'EPARAM'],
      ['none.png?tr=w-9999999', 'ENOENT'],
      ['private.png?tr=w-9999999', 'ENOENT'],
      ['none.png?tr=orig-true', 'ENOENT'],
      ['q.png?tr=orig-true,w-9999999', 'EORIGINAL'],
      ['q.png?tr=w-9999999', 'ELIMIT'],
      ['q.png?tr=l-image,i-none.png,l-end,w-9999999', 'ENOENT'],
    ],
    signed: [
      ['none.png?tr=w-x', 'EUNAUTHORIZED'],
      ['q.png?tr=w-9', 'EUNAUTHORIZED'],
      ['q.png?tr=n-card', 'EUNAUTHORIZED'],
      ['ik-genimg-prompt-a/b.jpg', 'EUNAUTHORIZED'],
    ],
    presets: [
      ['none.png?tr=w-x', 'EPRESET'],
      ['q.png?tr=l-image,i-a', 'EPRESET'],
      ['q.png?tr=w-9', 'EPRESET'],
      ['q.png?tr=orig-true', 'EPRESET'],
      ['q.png?tr=n-card:w-9', 'EPRESET'],
      ['q.png?tr=n-nothing', 'EPARAM'],
      ['private.png?tr=n-card', 'ENOENT'],
      ['q.png?tr=n-card&ik-s=0', 'EUNAUTHORIZED'],
    ],
  };
  for (const [mode, list] of Object.entries(rows) as [keyof typeof rows, (typeof rows)['open']][]) {
    it(`is the one agreed where the mode is ${mode}`, async () => {
      const world = await startDelivery({ mode, keys: [SECRET] });
      try {
        world.add('q.png', await quadrants(), { mime: 'image/png' });
        world.add('private.png', await quadrants(), { mime: 'image/png', public: { now: false, until: null } });
        world.name('card', 'w-40');
        for (const [target, code] of list) expect(codeOf((await world.get(`/cdn/${target}`)).headers), target).to.equal(code);
        if (mode === 'signed') return;
        look(await pictureAt(world, 'q.png?tr=n-card'), '40x30', [[5, 5, QUADRANTS.topLeft]], 16);
      } finally {
        await world.close();
      }
    });
  }

  it('a token for one recipe of one asset is 404 for any other, and 401 for none', async () => {
    const world = await startDelivery();
    try {
      const asset = world.add('q.png', await quadrants(), { mime: 'image/png', public: { now: false, until: null } });
      const ctx = systemContext(WORKSPACE, { actor: { kind: 'user', id: 'u', userId: 'u', role: 'viewer', scopes: null } });
      const token = world.delivery.mintPreviewToken(ctx, asset.assetId, 'thumbnail');
      const ask = async (tr: string, given = token) => (await world.get(`/cdn/q.png?tr=${tr}&token=${given}`)).status;
      expect(await ask('w-480,h-480,c-at_max,f-webp,q-75')).to.equal(200);
      expect(await ask('w-481,h-480,c-at_max,f-webp,q-75')).to.equal(404);
      expect(await ask('w-480,h-480,c-at_max,f-webp,q-75', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).to.equal(401);
      expect(await ask('w-x', token.slice(1))).to.equal(401);
    } finally {
      await world.close();
    }
  });
});

describe('decoders that fail', function () {
  this.timeout(90_000);
  let world: World;
  let media: LocalMedia;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-trouble-'));
    media = createMedia({ slots: 1, sandbox: 'auto', maxPixels: 100_000_000, tempDir: dir, production: false, log: silentLog });
    world = await startDelivery({ media, deadlineMs: 3_000 });
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.add('broken.png', (await quadrants()).subarray(0, 300), { mime: 'image/png' });
  });
  after(async () => {
    await world?.close();
    await media?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  /** Asks while the one child is held still, lets `meanwhile` happen to it, and gives the answer. */
  async function troubled(target: string, meanwhile: (pid: number) => void) {
    expect((await world.get('/cdn/q.png?tr=w-20,f-png')).status, 'a child that works').to.equal(200);
    const [pid = 0] = media.pool.pids;
    process.kill(-pid, 'SIGSTOP');
    const asked = world.get(target);
    await until('the job being at work', () => media.pool.load.running === 1);
    meanwhile(pid);
    const answer = await asked;
    expect(media.pool.pids, 'that child is gone').not.to.include(pid);
    return answer;
  }

  async function expectRefused({ status, headers, body }: Awaited<ReturnType<World['get']>>, reason: string, detail: string) {
    expect([status, headers['ik-error'], headers['cache-control']]).to.deep.equal([422, `EDECODE - ${detail}`, 'no-store']);
    expect(JSON.parse(body.toString())).to.include({ status: 422, code: 'delivery_decode', reason, detail });
  }

  async function expectOthersWell(tr: string): Promise<void> {
    look(await pictureAt(world, `q.png?tr=${tr},f-png`), '40x30', [[5, 5, QUADRANTS.topLeft]]);
    await until('everything being kept', () => world.claims.size === 0);
  }

  it('crashing: 422 with the reason, that one request alone', async () => {
    const rows = world.rows.length;
    const answer = await troubled('/cdn/q.png?tr=w-21,f-png', (pid) => process.kill(-pid, 'SIGKILL'));
    await expectRefused(answer, 'damaged', 'The decoder crashed on this file.');
    await expectOthersWell('w-40');
    expect(world.rows.length - rows, 'w-20 and w-40').to.be.at.most(2);
  });

  it('hanging: 422 at the deadline with the reason, and the next one is served', async () => {
    const answer = await troubled('/cdn/q.png?tr=w-22,f-png', () => undefined);
    await expectRefused(answer, 'timeout', 'Decoding took too long and was stopped.');
    await expectOthersWell('w-40,q-70');
  });

  it('finding nonsense: 422 with the reason, and it is not tried again at once', async () => {
    for (let time = 0; time < 2; time++) {
      const answer = await world.get('/cdn/broken.png?tr=w-23,f-png');
      await expectRefused(answer, 'damaged', 'The picture could not be decoded; it may be damaged.');
    }
    await expectOthersWell('w-40,q-60');
  });

  it('all being busy: 503, to come again, and nothing remembered of it', async () => {
    const busy = await startDelivery();
    try {
      busy.add('q.png', await quadrants(), { mime: 'image/png' });
      const spoiled = busy.media as { -readonly [K in keyof Media]: Media[K] };
      const { render } = spoiled;
      spoiled.render = async () => {
        throw mediaBusy({ headers: { 'Retry-After': '7' } });
      };
      const { status, headers } = await busy.get('/cdn/q.png?tr=w-9');
      expect([status, headers['retry-after'], codeOf(headers), headers['cache-control']]).to.deep.equal([503, '7', 'EBUSY', 'no-store']);
      spoiled.render = render;
      expect((await busy.get('/cdn/q.png?tr=w-9')).status).to.equal(200);
    } finally {
      await busy.close();
    }
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { OVERLAY_KEYS } from '../../../src/modules/library/renditions/operations/index.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { quadrants } from '../../support/fixtures/pixels.ts';

/** Addresses as nobody should send them: an answer each, the agreed one, and no work done. */

type World = Awaited<ReturnType<typeof startDelivery>>;
type Answer = readonly [status: number, code: string];

const LIMIT: Answer = [422, 'ELIMIT'];
const PARAM: Answer = [400, 'EPARAM'];
const UNSUPPORTED: Answer = [400, 'EUNSUPPORTED'];
const MISSING: Answer = [404, 'ENOENT'];
const base64 = (text: string) => encodeURIComponent(Buffer.from(text).toString('base64'));

const limits: [what: string, target: string][] = [
  ['8 kB of parameters', `q.png?tr=${'w-1,'.repeat(2100)}`],
  ['8 kB of parameters in the path', `tr:${'w-1,'.repeat(2100)}/q.png`],
  ['300 parameters', `q.png?tr=${'w-1,'.repeat(300)}`],
  ['50 steps', `q.png?tr=${'w-1:'.repeat(50)}`],
  ['20 layers', `q.png?tr=${Array(20).fill('l-text,i-x,l-end').join(',')}`],
  ['20 layers in each other and beside each other', `q.png?tr=${Array(10).fill('l-image,i-q.png,l-text,i-x,l-end,l-end').join(':')}`],
  ['layers five deep', `q.png?tr=${'l-image,i-q.png,'.repeat(5)}${'l-end,'.repeat(5)}w-1`],
  ['conditions five deep', `q.png?tr=${'if-w_gt_1,'.repeat(5)}w-1${',if-end'.repeat(5)}`],
  ['a width of 16,385', 'q.png?tr=w-16385'],
  ['a width that is no number any more', `q.png?tr=w-${'9'.repeat(300)}`],
  ['gigabytes by size', 'q.png?tr=w-16384,h-16384'],
  ['gigabytes by an expression', 'q.png?tr=w-iw_mul_9999,h-9'],
  ['gigabytes by padding', 'q.png?tr=w-16000,h-16000,cm-pad_extract'],
  ['gigabytes by a border', 'q.png?tr=b-8000_red'],
  ['gigabytes by turning', 'q.png?tr=w-16000,h-6000,c-force:rt-45'],
  ['gigabytes by turning again and again', `q.png?tr=w-2000,h-2000,c-force${':rt-45'.repeat(12)}:w-10`],
  ['a background of many megapixels', 'q.png?tr=w-9000,h-9000,cm-pad_resize,bg-dominant'],
  ['a shadow of many megapixels', 'q.png?tr=w-9000,e-shadow'],
  ['many names', `q.png?tr=${Array(30).fill('n-card').join(',')}`],
  ['gigabytes in a layer', 'q.png?tr=l-image,i-ik_canvas,w-16000,h-16000,l-end'],
  ['gigabytes in the layer of a layer', 'q.png?tr=l-image,i-q.png,l-image,i-ik_canvas,w-16000,h-16000,l-end,l-end'],
  ['gigabytes in layers together', `q.png?tr=${Array(5).fill('l-image,i-ik_canvas,w-5000,h-5000,bg-red,l-end').join(',')}`],
  ['a huge text', `q.png?tr=l-text,i-${'W'.repeat(1900)},fs-1500,l-end`],
  ['huge letters', 'q.png?tr=l-text,i-x,fs-5000,l-end'],
];

/** Only the pixels, or the letters, say how large it becomes: a decoder has to begin. */
const late: [what: string, target: string][] = [
  ['gigabytes found out late', 'q.png?tr=t-true:w-16384,h-16384,f-png'],
  ['a text that is too wide', `q.png?tr=l-text,i-${'W'.repeat(60)},fs-500,l-end`],
  ['a text wider than anything can be drawn', `q.png?tr=l-text,i-${'W'.repeat(300)},fs-280,l-end`],
  ['a text with too much around it', 'q.png?tr=l-text,i-x,fs-500,pa-4096,bg-red,l-end'],
];

/** What stands in an address, and which parameter is to blame. */
const values: [tr: string, parameter: string][] = [
  ...'w- w w-x w-0 w-N5 w-1e9 w-0x10 w-NaN w-Infinity w-1.2.3 w-%EF%BC%91 w-10px w-iw_sub_9999 w-iw_div_0 w-bw_div_2 w-idu'.split(' '),
  ...['w-9_pow_9_pow_9_pow_9', `w-1${'_add_1'.repeat(50)}`, 'w-iw_like_2', 'w-iw_mul'],
].map((tr): [string, string] => [tr, 'w']);
const more =
  'h-x h-auto ar-0-1,w-9 ar-4-0,w-9 ar-x dpr-0,w-9 dpr-9,w-9 c-none cm-none fo-nowhere fo-person_nowhere,w-9 x-z y-z xc-z z-0 q-0 q-101 q-x f-bmp f-gif f-svg f- pr-yes lo-1 cp-x ' +
  'md-2 dn-0 dn-1201 dn-x pg-0 pg-2 pg-N1 pg-2-1 pg-name-a n-none n- rt-400 rt-x fl-x r-N5 r-1_2 r-x b-5 b-_red b-5_nocolour bg-12345 bg-GGGGGG bg-blurred_200 o-101 o-N1 t-0 t-100 ' +
  't-x bl-0 bl-101 e-grayscale-x e-contrast-x e-sharpen-201 e-sharpen-x e-usm-1 e-usm-0-0-0-0 e-shadow-bl-16 e-shadow-st-101 e-shadow-x-101 e-shadow-q-1 e-gradient-ld-360 ' +
  'e-gradient-ld-constructor e-gradient-sp-0 e-gradient-from-x cr-x cr-red_101 e-colorize-in-101 e-colorize-co-x e-distort e-distort-a-0 e-distort-p-1_2 ' +
  'e-distort-p-0_0_10_0_0_10_10_10 orig-maybe c2pa-x';
for (const tr of more.split(' ')) values.push([tr, /^(e-)?[^-]+/.exec(tr)?.[0] ?? '']);
values.push(
  ['w-300,h-300,cm-extract,xc-10', 'xc'],
  ['if-w_like_1,w-1,if-end', 'if'],
  ['if-w_gt_1,w-1', 'if'],
  ['if-w_gt_1,pg-1,if-end', 'pg'],
);
values.push(['if-w_gt_9999,w-x,if-end', 'w'], ['w-1,l-end', 'l-end'], ['if-else', 'if-else']);
for (const [words, parameter] of [
  ...'fs-0 fs-x co-zz ff-Nonesuch ff-constructor ia-top pa-1_2_3_4_5 pa-x al-0 al-10 tg-u lh-0 lx-z lap-x lfo-x lm-x w-x'
    .split(' ')
    .map((each) => [each, '']),
  ...[['', 'i']],
]) {
  const item = words === '' ? 'l-text,l-end' : `l-text,i-a,${words},l-end`;
  values.push([item, parameter || (/^[^-]+/.exec(words ?? '')?.[0] ?? '')]);
}
values.push(
  ['l-image,l-end', 'i'],
  ['l-image,i-q.png,pg-1.5,l-end', 'pg'],
  ['l-image,i-q.png,lm-displace,x-5000,l-end', 'x'],
  ['l-image,i-q.png', 'l-image'],
);

/** Two things at once: neither is taken. */
const contradictions: [tr: string, parameter: string][] = [
  ['w-1,w-2', 'w'],
  ['h-20,w-9,h-30', 'h'],
  ['c-force,c-at_max,w-9', 'c'],
  ['f-png,f-jpg', 'f'],
  ['t-true,t-false', 't'],
  ['e-sharpen,e-sharpen-30', 'e-sharpen'],
  ['n-card:w-9,w-10', 'w'],
  ['if-w_gt_1,w-9,w-10,if-end', 'w'],
  ['w-9,h-9,cm-extract,x-1,xc-9', 'xc'],
  ['w-9,h-9,cm-extract,y-1,yc-9', 'yc'],
  ['l-image,i-q.png,i-other.png,l-end', 'i'],
  ['l-image,i-q.png,w-9,w-8,l-end', 'w'],
  ['l-image,i-q.png,lx-1,lxc-1,l-end', 'lxc'],
  ['l-image,i-q.png,ly-1,lyc-1,l-end', 'lyc'],
  ['l-text,i-a,co-red,co-blue,l-end', 'co'],
  ['so-1,so-2', 'so'],
];

const unsupported =
  'e-bgremove e-removedotbg e-changebg-prompt-cat e-changebg-prompte-Y2F0 e-edit-prompt-cat e-dropshadow e-dropshadow-az-45_el-10_st-60 e-retouch e-upscale e-genvar ' +
  'bg-genfill bg-genfill-prompt-cat f-mp4 f-webm so-1 vc-h264 sr-240 c2pa-true l-video,i-a.mp4,l-end l-subtitles,i-a.srt,l-end l-sound,i-a.mp3,l-end';

/** `q.png` is there: whoever resolved any of them would find it. */
const climbing = [
  ...['../../etc/passwd', '../q.png', 'a/../q.png', './q.png', 'q.png/..', 'q.png/../q.png', '....//q.png', '..;/q.png', '@../q.png'],
  ...['%2e%2e/q.png', '%2E%2E%2Fq.png', '..%2fq.png', 'a%2f..%2fq.png', '%2fq.png', 'a/%2e%2e/q.png', '.%2e/q.png', '%2e/q.png'],
  ...['..%5cq.png', '..\\q.png', '\\q.png', 'a%5c..%5cq.png', '%252e%252e%252fq.png', '..%252fq.png', '%25%32%65%25%32%65/q.png'],
  ...['%c0%ae%c0%ae/q.png', '%c0%afq.png', '%e0%80%ae%e0%80%ae/q.png', '%u002e%u002e/q.png', '%EF%BC%8E%EF%BC%8E/q.png'],
  ...['q%00.png', 'q.png%00.jpg', 'q.png%0a', 'q%zz.png', 'q.png%', '@not-an-id/q.png', 'tr:w-9/../q.png', 'ik-seo/../q.png'],
  ...['q.png?tr=l-image,i-..@@q.png,l-end', 'q.png?tr=l-image,i-a@@..@@q.png,l-end', 'q.png?tr=l-image,i-%2e%2e%2fq.png,l-end'],
  ...['q.png?tr=l-image,i-..%5cq.png,l-end', `q.png?tr=l-image,ie-${base64('../q.png')},l-end`, 'q.png?tr=l-text,i-a,ff-..@@q.png,l-end'],
  ...['none.png?tr=di-..@@q.png', 'none.png?tr=di-a@@..@@q.png', 'none.png?tr=di-%2e%2e%2fq.png'],
];

describe('rubbish in delivery addresses', function () {
  this.timeout(30_000);
  let world: World;

  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.name('card', 'w-100');
  });
  after(() => world?.close());

  /** What anybody could see of work: pictures drawn, bytes read, rows, statistics, films. */
  const done = () => ({
    ...{ rows: world.rows.length, rendered: world.mediaCalls.render, read: world.calls.read, put: world.calls.put },
    ...{ counted: world.counted.answers, films: world.wishes.length, claims: world.claims.size },
  });

  /** Refused as agreed, with the reason in header and body. */
  async function refused(target: string, [status, code]: Answer): Promise<Record<string, unknown>> {
    const { headers, body, ...answer } = await world.get(`/cdn/${target}`);
    const said = String(headers['ik-error']);
    expect([answer.status, said.split(' ')[0]], said).to.deep.equal([status, code]);
    expect(said).to.match(/^E[A-Z]+ - \S/);
    expect([headers['content-type'], headers['cache-control']]).to.deep.equal(['application/problem+json', 'no-store']);
    const problem = JSON.parse(body.toString()) as Record<string, unknown>;
    expect(problem.status).to.equal(status);
    return { ...problem, said };
  }

  async function idle(target: string, answer: Answer): Promise<Record<string, unknown>> {
    const before = done();
    const problem = await refused(target, answer);
    expect(done(), 'nothing was done').to.deep.equal(before);
    return problem;
  }

  function expectNumbers({ limit, given, allowed, said }: Record<string, unknown>): void {
    expect(limit).to.be.a('string');
    expect(Number(given), String(said)).to.be.greaterThan(Number(allowed));
    expect(Number(allowed)).to.be.greaterThan(0);
    expect(said).to.contain(String(allowed));
  }

  describe('over a limit', () => {
    for (const [what, target] of limits) {
      it(`${what}: 422, naming the limit and both numbers`, async () => {
        const problem = await idle(target, LIMIT);
        expectNumbers(problem);
        expect(problem.said).to.contain(String(problem.given));
        expect(problem.said).to.contain(String(problem.limit));
      });
    }
    for (const [what, target] of late) {
      it(`${what}: 422, naming the limit and both numbers, and kept nowhere`, async () => {
        const before = done();
        expectNumbers(await refused(target, LIMIT));
        expectNumbers(await refused(target, LIMIT));
        expect(done()).to.include({ rows: before.rows, put: before.put, counted: before.counted, claims: 0 });
        expect(world.mediaCalls.render - before.rendered, 'not tried again at once').to.equal(1);
      });
    }
  });

  describe('malformed or out of range', () => {
    for (const [tr, parameter] of values) {
      it(`${tr.slice(0, 60)} blames ${parameter}`, async () => {
        expect((await idle(`q.png?tr=${tr}`, PARAM)).parameter).to.equal(parameter);
      });
    }
    it('the address itself', async () => {
      for (const [target, parameter] of [
        ['q.png?tr=w-1&tr=w-2', 'tr'],
        ['q.png?ik-obj-version=-1', 'ik-obj-version'],
        ['q.png?ik-obj-version=x', 'ik-obj-version'],
      ] as const) {
        expect((await idle(target, PARAM)).parameter, target).to.equal(parameter);
      }
    });
  });

  describe('contradictory', () => {
    for (const [tr, parameter] of contradictions) {
      it(tr, async () => expect((await idle(`q.png?tr=${tr}`, PARAM)).parameter).to.equal(parameter));
    }
    it('but what is said twice alike, or in one step after another, is not', async () => {
      for (const tr of ['w-9,w-9', 'w-20:w-9', 'l-image,i-q.png,w-9:w-8,l-end']) {
        expect((await world.get(`/cdn/q.png?tr=${tr}`)).status, tr).to.equal(200);
      }
      expect((await world.get('/cdn/tr:w-20/q.png?tr=w-9')).status).to.equal(200);
      expect((await world.get('/cdn/q.png?tr=zz-1,zz-2')).headers['damson-ignored']).to.equal('zz');
    });
  });

  it('of another time: each old overlay parameter is told to be written as a layer', async () => {
    for (const key of OVERLAY_KEYS) {
      const problem = await idle(`q.png?tr=w-9,${key}-x`, PARAM);
      expect([problem.parameter, problem.said], key).to.deep.equal([
        key,
        `EPARAM - ${key} is the old overlay syntax; write a layer: l-image,i-<path>,l-end`,
      ]);
    }
    expect(OVERLAY_KEYS.size).to.equal(28);
  });

  it('not made here: each is 400 EUNSUPPORTED and says what, never a picture without it', async () => {
    for (const tr of unsupported.split(' ')) {
      const problem = await idle(`q.png?tr=${tr}`, UNSUPPORTED);
      expect(problem.parameter, tr).to.be.a('string');
    }
    await idle('ik-genimg-prompt-cats/cats.jpg', UNSUPPORTED);
    await idle('q.png/ik-master.m3u8?tr=sr-240_360', [422, 'EDECODE']);
  });

  it('climbing, in every encoding: 404, all of them in the same bytes', async () => {
    const plain = await world.get('/cdn/none.png');
    for (const target of climbing) {
      const before = done();
      const { status, headers, body } = await world.get(`/cdn/${target}`);
      expect([status, headers['ik-error'], body.toString()], target).to.deep.equal([404, 'ENOENT - Not found', plain.body.toString()]);
      expect(done(), target).to.deep.equal(before);
    }
    await idle('none.png', MISSING);
  });

  it('an Accept header of 8 kB is no wish', async () => {
    const { status, headers } = await world.get('/cdn/q.png?tr=w-10', { accept: 'image/webp,'.repeat(700) });
    expect([status, headers['content-type']]).to.deep.equal([200, 'image/jpeg']);
  });

  it('a picture that is its own layer is drawn once', async () => {
    const before = world.mediaCalls.render;
    const { status } = await world.get('/cdn/q.png?tr=l-image,i-q.png,w-50,l-image,i-q.png,w-20,l-end,l-end');
    expect([status, world.mediaCalls.render - before]).to.deep.equal([200, 1]);
  });

  it('whatever is sent is answered, never with 500', async () => {
    const piece = fc.constantFrom(
      ...'w-9 h-9 c-force cm-extract xc-5 x-N5 t-true r-max r-5_5_5_5 b-2_red o-50 e-shadow e-gradient e-usm e-sharpen e-distort-a-20 cr-red'.split(
        ' ',
      ),
      ...'l-image,i-q.png l-text,i-a l-image,i-ik_canvas,w-9,h-9 l-end if-w_gt_9 if-else if-end rt-33 bg-blurred bg-dominant q-1 f-png f-jpg dn-9'.split(
        ' ',
      ),
      ...[
        'lx-N5',
        'ly-cw',
        'w-cw_mul_0.5',
        'w-bw',
        'ar-0-1',
        '%',
        '%zz',
        '--',
        '',
        'w-',
        'tr:',
        'n-x',
        'di-q.png',
        'lo-true',
        'pg-1',
        'e-',
        'l-',
        'if-',
      ],
    );
    const text = fc.array(fc.tuple(piece, fc.constantFrom(',', ':')), { maxLength: 9 }).map((all) => all.flat().join(''));
    await fc.assert(
      fc.asyncProperty(text, async (tr) => {
        const { status, headers } = await world.get(`/cdn/q.png?tr=${tr}`);
        expect([200, 400, 404, 422], `${tr}: ${String(headers['ik-error'])}`).to.include(status);
      }),
      { numRuns: 300 },
    );
  });

  it('has no effect on anybody else', async () => {
    expect((await world.get('/cdn/q.png?tr=w-33')).status).to.equal(200);
    await world.delivery.close();
    expect(world.claims.size).to.equal(0);
  });
});

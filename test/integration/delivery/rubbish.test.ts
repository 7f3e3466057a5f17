import { expect } from 'chai';
import fc from 'fast-check';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { quadrants } from '../../support/fixtures/pixels.ts';

/** Addresses as nobody should send them: an answer each, the agreed one, and no work done. */

const LIMIT = [422, 'ELIMIT'] as const;
const PARAM = [400, 'EPARAM'] as const;
const UNSUPPORTED = [400, 'EUNSUPPORTED'] as const;
const MISSING = [404, 'ENOENT'] as const;

const table: [what: string, target: string, answer: readonly [number, string]][] = [
  ['8 kB of parameters', `q.png?tr=${'w-1,'.repeat(2100)}`, LIMIT],
  ['300 parameters', `q.png?tr=${'w-1,'.repeat(300)}`, LIMIT],
  ['50 steps', `q.png?tr=${'w-1:'.repeat(50)}`, LIMIT],
  ['20 layers', `q.png?tr=${Array(20).fill('l-text,i-x,l-end').join(',')}`, LIMIT],
  ['layers five deep', `q.png?tr=${'l-image,i-q.png,'.repeat(5)}${'l-end,'.repeat(5)}w-1`, LIMIT],
  ['conditions five deep', `q.png?tr=${'if-w_gt_1,'.repeat(5)}w-1${',if-end'.repeat(5)}`, LIMIT],
  ['an expression that overflows', 'q.png?tr=w-9_pow_9_pow_9_pow_9', PARAM],
  ['an expression without end', `q.png?tr=w-1${'_add_1'.repeat(50)}`, PARAM],
  ['a division by zero', 'q.png?tr=w-iw_div_0', PARAM],
  ['gigabytes by size', 'q.png?tr=w-16384,h-16384', LIMIT],
  ['gigabytes by padding', 'q.png?tr=w-16000,h-16000,cm-pad_extract', LIMIT],
  ['gigabytes by a border', 'q.png?tr=b-8000_red', LIMIT],
  ['gigabytes by turning', 'q.png?tr=w-16000,h-6000,c-force:rt-45', LIMIT],
  ['gigabytes by turning again and again', `q.png?tr=w-2000,h-2000,c-force${':rt-45'.repeat(12)}:w-10`, LIMIT],
  ['a background of many megapixels', 'q.png?tr=w-9000,h-9000,cm-pad_resize,bg-dominant', LIMIT],
  ['many names', `q.png?tr=${Array(30).fill('n-card').join(',')}`, LIMIT],
  ['a page by condition', 'q.png?tr=if-w_gt_1,pg-1,if-end', PARAM],
  ['gigabytes in a layer', 'q.png?tr=l-image,i-ik_canvas,w-16000,h-16000,l-end', LIMIT],
  ['gigabytes in the layer of a layer', 'q.png?tr=l-image,i-q.png,l-image,i-ik_canvas,w-16000,h-16000,l-end,l-end', LIMIT],
  ['gigabytes found out late', 'q.png?tr=t-true:w-16384,h-16384,f-png', LIMIT],
  ['a huge text', `q.png?tr=l-text,i-${'W'.repeat(1900)},fs-1500,l-end`, LIMIT],
  ['a condition that is none', 'q.png?tr=if-w_like_1,w-1,if-end', PARAM],
  ['a condition that does not end', 'q.png?tr=if-w_gt_1,w-1', PARAM],
  ['an end without a beginning', 'q.png?tr=w-1,l-end', PARAM],
  ['a layer of nothing', 'q.png?tr=l-image,l-end', PARAM],
  ['a layer of no kind', 'q.png?tr=l-sound,i-a.mp3,l-end', UNSUPPORTED],
  ['two queries', 'q.png?tr=w-1&tr=w-2', PARAM],
  ['the syntax of old', 'q.png?tr=ot-hello', PARAM],
  ['generative fill', 'q.png?tr=w-900,h-900,cm-pad_resize,bg-genfill-prompt-cat', UNSUPPORTED],
  ['another background', 'q.png?tr=e-changebg-prompt-cat', UNSUPPORTED],
  ['a film of a picture', 'q.png/ik-master.m3u8?tr=sr-240_360', [422, 'EDECODE']],
  ['times of a picture', 'q.png?tr=so-1', UNSUPPORTED],
  ['a version that is none', 'q.png?ik-obj-version=-1', PARAM],
  ['climbing', '../../etc/passwd', MISSING],
  ['climbing, encoded', '%2e%2e/%2e%2e/etc/passwd', MISSING],
  ['climbing, encoded twice', '%252e%252e%252fetc/passwd', MISSING],
  ['climbing by backslashes', '..%5c..%5cetc%5cpasswd', MISSING],
  ['a hidden slash', 'a%2fq.png', MISSING],
  ['a NUL', 'q%00.png', MISSING],
  ['broken encoding', 'q%zz.png', MISSING],
  ['climbing in a layer', 'q.png?tr=l-image,i-..@@..@@etc@@passwd,l-end', MISSING],
  ['an id that is none', '@not-an-id/q.png', MISSING],
];

describe('rubbish in delivery addresses', function () {
  this.timeout(30_000);
  let world: Awaited<ReturnType<typeof startDelivery>>;

  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.name('card', 'w-100');
  });
  after(() => world?.close());

  for (const [what, target, answer] of table) {
    it(`${what} is answered ${answer.join(' ')}`, async () => {
      const made = world.rows.length;
      const { status, headers, body } = await world.get(`/cdn/${target}`);
      expect([status, String(headers['ik-error']).split(' ')[0]], String(headers['ik-error'])).to.deep.equal(answer);
      if (answer === LIMIT && !what.includes('text')) expect(JSON.parse(body.toString())).to.include.keys('limit', 'given', 'allowed');
      expect(world.rows.length, 'nothing was made').to.equal(made);
    });
  }

  it('an Accept header of 8 kB is no wish', async () => {
    const { status, headers } = await world.get('/cdn/q.png?tr=w-10', { accept: 'image/webp,'.repeat(700) });
    expect([status, headers['content-type']]).to.deep.equal([200, 'image/jpeg']);
  });

  it('a picture that is its own layer is drawn once', async () => {
    const { status } = await world.get('/cdn/q.png?tr=l-image,i-q.png,w-50,l-image,i-q.png,w-20,l-end,l-end');
    expect(status).to.equal(200);
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
});

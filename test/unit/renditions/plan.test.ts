import { expect } from 'chai';
import { parseTransformation } from '../../../src/modules/library/renditions/renditions.grammar.ts';
import { planFor, type PlanOptions, type PlanSource } from '../../../src/modules/library/renditions/renditions.plan.ts';
import { TransformationError } from '../../../src/modules/library/renditions/renditions.problem.ts';
import { readSteps } from '../../../src/modules/library/renditions/renditions.reader.ts';
import { canonicalJson, derivedKey, etagOf, recipeHash, STANDARD } from '../../../src/modules/library/renditions/renditions.recipe.ts';
import { RenditionsService } from '../../../src/modules/library/renditions/renditions.service.ts';
import { mezzaninePlan, needsMezzanine, onSmallest, planOnRaster } from '../../../src/modules/library/renditions/renditions.source.ts';

const PHOTO: PlanSource = { width: 4000, height: 3000, hasAlpha: false, mime: 'image/jpeg', frames: 1 };
const OPTIONS: PlanOptions = { accept: { avif: false, webp: true }, avif: false };

const planned = (text: string, source: Partial<PlanSource> = {}, options: Partial<PlanOptions> = {}) =>
  planFor(readSteps(parseTransformation(text)), { ...PHOTO, ...source }, { ...OPTIONS, ...options });

const ops = (text: string, source: Partial<PlanSource> = {}) => planned(text, source).plan.ops;

function failure(text: string, source: Partial<PlanSource> = {}, strict = false): [string, unknown] {
  try {
    planFor(readSteps(parseTransformation(text), { strict }), { ...PHOTO, ...source }, OPTIONS);
    return ['made', null];
  } catch (error) {
    return error instanceof TransformationError ? [error.code, error.extra.parameter ?? error.extra.limit] : ['other', String(error)];
  }
}

describe('planning a derivative', () => {
  const sizes: [text: string, size: string, source?: Partial<PlanSource>][] = [
    ['', '4000x3000'],
    ['w-400', '400x300'],
    ['w-0.5', '2000x1500'],
    ['w-1', '4000x3000'],
    ['w-400,ar-1-1', '400x400'],
    ['h-400,ar-2_1', '800x400'],
    ['w-400,h-100,ar-1-1', '400x100'],
    ['ar-1-1', '4000x3000'],
    ['w-iw_div_4', '1000x750'],
    ['w-1000:w-iw_div_8:w-cw_div_5', '100x75'],
    ['w-200,dpr-2', '400x300'],
    ['w-200,h-200,dpr-1.5', '300x300'],
    ['w-3000,dpr-2', '3000x2250'],
    ['dpr-2', '4000x3000'],
    ['w-auto', '4000x3000'],
    ['w-300,rt-90', '225x300'],
    ['rt-N90:w-300', '300x400'],
    ['w-300,h-300,cm-pad_resize:rt-auto', '300x300'],
    ['w-640,c-at_max:w-320,c-at_max', '320x240'],
    // Clients append: a doubled request never enlarges.
    ['w-200:w-640,c-at_max', '200x150'],
    ['w-300,h-200,cm-extract,x-10,y-N5', '300x200'],
    ['w-99,h-9,unknown-5', '99x9'],
    ['w-300,h-200,fo-face', '300x200'],
    ['w-300,h-200,fo-auto-custom_override', '300x200'],
  ];
  for (const [text, size, source] of sizes) {
    it(`${text || '(nothing)'} gives ${size}`, () => {
      const { width, height } = planned(text, source);
      expect(`${width}x${height}`).to.equal(size);
    });
  }

  const failures: [text: string, code: string, at: string | null, source?: Partial<PlanSource>][] = [
    ['w-x', 'EPARAM', 'w'],
    ['w-', 'EPARAM', 'w'],
    ['w', 'EPARAM', 'w'],
    ['w-0', 'EPARAM', 'w'],
    ['w-N5', 'EPARAM', 'w'],
    ['w-iw_sub_9999', 'EPARAM', 'w'],
    ['w-bw_div_2', 'EPARAM', 'w'],
    ['c-huge,w-1', 'EPARAM', 'c'],
    ['w-10,h-10,dpr-7', 'EPARAM', 'dpr'],
    ['q-0', 'EPARAM', 'q'],
    ['q-101', 'EPARAM', 'q'],
    ['bl-0.1', 'EPARAM', 'bl'],
    ['f-bmp', 'EPARAM', 'f'],
    ['f-gif', 'EPARAM', 'f'],
    ['fl-x', 'EPARAM', 'fl'],
    ['rt-361', 'EPARAM', 'rt'],
    ['bg-ggg', 'EPARAM', 'bg'],
    ['fo-9', 'EPARAM', 'fo'],
    ['fo-somewhere', 'EPARAM', 'fo'],
    ['fo-person_somewhere', 'EPARAM', 'fo'],
    ['w-300,h-200,fo-trafficLight_person', 'EUNSUPPORTED', 'fo-trafficLight'],
    ['w-300,h-200,fo-face_car', 'EUNSUPPORTED', 'fo-car'],
    ['w-300,h-300,cm-extract,xc-10', 'EPARAM', 'xc'],
    ['ot-text', 'EPARAM', 'ot'],
    ['bg-genfill', 'EUNSUPPORTED', 'bg-genfill'],
    ['e-bgremove', 'EUNSUPPORTED', 'e-bgremove'],
    ['e-genvar', 'EUNSUPPORTED', 'e-genvar'],
    ['c2pa-true', 'EUNSUPPORTED', 'c2pa'],
    ['md-maybe', 'EPARAM', 'md'],
    ['pg-2', 'EPARAM', 'pg'],
    ['pg-1_3', 'EUNSUPPORTED', 'pg with several pages, of what is no PSD,'],
    ['pg-4-2', 'EPARAM', 'pg'],
    ['pg-name-sky', 'EPARAM', 'pg'],
    ['bg-blurred_200', 'EPARAM', 'bg'],
    ['t-100', 'EPARAM', 't'],
    ['t-x', 'EPARAM', 't'],
    ['e-sharpen-300', 'EPARAM', 'e-sharpen'],
    ['e-usm-1-2-3', 'EPARAM', 'e-usm'],
    ['e-shadow-bl-99', 'EPARAM', 'e-shadow'],
    ['e-shadow-bl-1_bl-2', 'EPARAM', 'e-shadow'],
    ['e-shadow', 'ELIMIT', 'pixels of e-shadow'],
    ['e-gradient-ld-400', 'EPARAM', 'e-gradient'],
    ['e-gradient-sp-0', 'EPARAM', 'e-gradient'],
    ['w-400,e-distort-p-0_0_10_0_0_10_10_10', 'EPARAM', 'e-distort'],
    ['w-400,e-distort-p-1_2', 'EPARAM', 'e-distort'],
    ['w-400,e-distort-a-0', 'EPARAM', 'e-distort'],
    ['b-5', 'EPARAM', 'b'],
    ['b-5_nocolour', 'EPARAM', 'b'],
    ['b-9000_red', 'ELIMIT', 'longest side'],
    ['r-1_2', 'EPARAM', 'r'],
    ['r-N5', 'EPARAM', 'r'],
    ['o-101', 'EPARAM', 'o'],
    ['cr-red_200', 'EPARAM', 'cr'],
    ['dn-5000', 'EPARAM', 'dn'],
    ['lo-maybe', 'EPARAM', 'lo'],
    ['if-w_gt_5000,w-x,if-end', 'EPARAM', 'w'],
    ['l-video,i-a.mp4,l-end', 'EUNSUPPORTED', 'l-video on a picture'],
    ['r-5', 'ELIMIT', 'pixels of corners', { width: 8000, height: 6000 }],
    ['w-16385', 'ELIMIT', 'width'],
    ['h-20000,c-at_max', 'ELIMIT', 'height'],
    ['w-12000,h-12000', 'ELIMIT', 'pixels'],
    ['w-16384,h-16384,c-force,f-webp:w-1', 'ELIMIT', 'pixels'],
    ['w-16384,h-10,c-force,f-webp', 'ELIMIT', 'longest side of webp'],
  ];
  for (const [text, code, at, source] of failures)
    it(`refuses ${text} as ${code}`, () => expect(failure(text, source)).to.deep.equal([code, at]));

  it('names unknown keys and refuses them when strict', () => {
    const recipe = readSteps(parseTransformation('w-5,foo-1,overlayText-x:foo-2,di-'));
    expect(recipe.ignored).to.deep.equal(['foo', 'overlayText']);
    expect(failure('w-5,foo-1', {}, true)).to.deep.equal(['EPARAM', 'foo']);
  });

  it('orders work within a step, whatever the text order', () => {
    const png = { hasAlpha: true, mime: 'image/png' };
    const written = ops('bg-FF0000,fl-h,bl-10,w-100,rt-90', png);
    expect(written.map((op) => op.op)).to.deep.equal(['scale', 'rotate', 'flip', 'blur', 'flatten']);
    expect(ops('w-100,rt-90,fl-h,bl-10,bg-FF0000', png)).to.deep.equal(written);
    const all = 'l-text,i-x,l-end,o-50,e-shadow,r-5,b-2_red,e-gradient,e-distort-a-30,e-usm,e-grayscale,w-100';
    expect(ops(all, png).map((op) => op.op)).to.deep.equal([
      'scale',
      'greyscale',
      'unsharp',
      'arc',
      'gradient',
      'pad',
      'corners',
      'shadow',
      'opacity',
      'layer',
    ]);
    expect(ops('w-100,t-true', png).map((op) => op.op)).to.deep.equal(['trim', 'late']);
  });

  it('cuts first when scaling to cover would make a huge picture', () => {
    const [first, second] = ops('w-4000,h-4000', { width: 10_000, height: 20 });
    expect(first).to.deep.equal({ op: 'extract', left: 4990, top: 0, width: 20, height: 20 });
    expect(second).to.deep.equal({ op: 'scale', width: 4000, height: 4000 });
  });

  it('flattens for JPEG only what may be transparent', () => {
    expect(ops('w-100,f-jpg')).to.have.length(1);
    expect(ops('w-100,f-jpg', { hasAlpha: null, mime: 'image/png' }).at(-1)).to.deep.equal({
      op: 'flatten',
      background: { r: 0, g: 0, b: 0, alpha: 1 },
    });
    expect(ops('w-100,h-100,cm-pad_resize,bg-FFFFFF00,f-jpg').map((op) => op.op)).to.deep.equal(['scale', 'pad', 'flatten']);
  });

  it('takes quality and format of the last step that names them', () => {
    const { plan } = planned('w-900,q-20,f-png:w-100,q-70:f-webp,h-50');
    expect(plan.encode).to.deep.equal({ format: 'webp', quality: 70, metadata: 'strip' });
    expect(planned('f-png,q-20').plan.encode.quality).to.equal(100);
  });

  it('keeps a moving picture moving where all frames can be worked on at once', () => {
    const gif = { mime: 'image/gif', frames: 10, width: 400, height: 300, hasAlpha: true };
    expect(planned('w-100', gif)).to.deep.include({ format: 'webp' });
    expect(planned('w-100', gif).plan.animated).to.equal(true);
    expect(planned('w-100', gif, { accept: { avif: true, webp: false }, avif: true }).format).to.equal('gif');
    expect(planned('w-100,f-png', gif).plan.animated).to.equal(false);
    expect(planned('w-100,rt-45', gif).plan.animated).to.equal(false);
    expect(planned('w-100', { ...gif, frames: 1000 }).plan.animated).to.equal(false);
  });

  it('uses client hints where they are asked for', () => {
    const recipe = readSteps(parseTransformation('w-auto,dpr-auto'));
    expect(recipe.hints).to.deep.equal(['width', 'dpr']);
    const hinted = planFor(recipe, PHOTO, { ...OPTIONS, hints: { width: 310, dpr: null } });
    expect([hinted.width, hinted.height]).to.deep.equal([400, 300]);
  });
});

describe('identity of derivatives', () => {
  it('is the same for the same picture written differently, and another for any other', () => {
    const hash = (text: string) => recipeHash(planned(text).plan);
    expect(hash('w-400,h-300')).to.equal(hash('h-300,w-400:w-900,c-at_max'));
    expect(hash('tr:w-0.1')).to.equal(hash('w-400'));
    const different = ['w-400', 'w-401', 'w-400,q-79', 'w-400,f-jpg', 'w-400,fl-h', 'w-400,fl-v'].map(hash);
    expect(new Set(different).size).to.equal(different.length);
    expect(recipeHash(planned('w-4').plan, ['blob'])).to.not.equal(hash('w-4'));
  });

  it('sorts members of canonical JSON and leaves out undefined', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).to.equal('{"b":[1,{"c":"x","d":null}]}');
  });

  it('makes keys and ETags that say nothing of the original', () => {
    const key = derivedKey('w1', 'b1', 'ab', 'jpeg');
    expect(key).to.equal('derived/w1/b1/ab.jpg');
    expect(etagOf(key)).to.match(/^"[0-9a-f]{32}"$/);
  });

  it('makes the standard recipes without asking what the client accepts', () => {
    for (const recipe of Object.values(STANDARD)) {
      const plans = [true, false].map((webp) => planFor(recipe, PHOTO, { accept: { avif: webp, webp }, avif: webp }).plan);
      expect(plans[0]).to.deep.equal(plans[1]);
    }
  });
});

describe('the mezzanine', () => {
  it('is made for large and slow originals', () => {
    const of = (mime: string, width: number, height: number) => needsMezzanine({ mime, width, height });
    expect(of('image/jpeg', 4000, 3000)).to.equal(false);
    expect(of('image/jpeg', 4001, 3000)).to.equal(true);
    expect(of('image/png', 5000, 3000)).to.equal(true);
    for (const mime of ['image/tiff', 'image/avif', 'image/heic', 'application/pdf', 'image/x-nikon-nef'])
      expect(of(mime, 10, 10)).to.equal(true);
    expect(mezzaninePlan({ width: 5120, height: 100, hasAlpha: true })).to.deep.include({
      ops: [{ op: 'scale', width: 2560, height: 50 }],
      encode: { format: 'webp', quality: 92, lossless: true, metadata: 'profile' },
    });
    expect(mezzaninePlan({ width: 5120, height: 100, hasAlpha: false })).to.deep.include({
      encode: { format: 'jpeg', quality: 92, fullChroma: true, metadata: 'profile' },
    });
  });

  const from = { width: 8000, height: 6000 };
  const raster = { width: 2560, height: 1920 };
  const on = (text: string, source = {}) => planOnRaster(planned(text, { ...from, ...source }).plan, from, raster);
  it('serves what its pixels suffice for', () => {
    const [scale] = planned('w-2560', from).plan.ops;
    expect(on('w-2560')).to.deep.equal({ ...planned('w-2560', from).plan, ops: [{ ...scale, careful: true }] });
    expect(on('w-2561')).to.equal(null);
    expect(on('w-500,h-500,fo-auto')?.ops[0]).to.deep.equal({ op: 'attention', width: 500, height: 500, careful: true });
    expect(on('')).to.equal(null);
    expect(on('rt-90')).to.equal(null);
    expect(on('w-500,h-500,cm-extract')).to.equal(null);
    expect(on('w-4000,h-3000,cm-extract:w-1281')).to.equal(null);
    expect(on('w-4000,h-3000,cm-extract:w-1280')?.ops[0]).to.deep.equal({ op: 'extract', left: 640, top: 480, width: 1280, height: 960 });
    expect(planOnRaster(planned('rt-90', raster).plan, raster, raster)).to.not.equal(null);
  });

  it('is the smaller one for small results, each with the name of what it was made from', () => {
    const half = { width: 1280, height: 960, key: 'half' };
    const whole = { ...raster, key: 'whole' };
    const source = (text: string, rasters: (typeof half | null)[]) => onSmallest(planned(text, from).plan, from, rasters)?.raster.key;
    expect(['w-1280', 'w-1281', 'w-2561', 'w-1200,h-1200'].map((text) => source(text, [half, whole]))).to.deep.equal([
      'half',
      'whole',
      undefined,
      'whole',
    ]);
    expect([source('w-100', [null, whole]), source('w-100', [null, null])]).to.deep.equal(['whole', undefined]);
  });

  it('stands beside a smaller one, and what ingest makes is named as what a URL would make from them', () => {
    const service = new RenditionsService({} as never, {} as never);
    const facts = { ...PHOTO, workspaceId: 'w', blobId: 'b', mime: 'image/tiff', hasAlpha: false };
    const names = (width: number, height: number) => service.standardPlans({ ...facts, width, height }).map(({ name }) => name);
    expect(names(8000, 6000)).to.deep.equal(['thumbnail', 'preview', 'mezzanine', 'mezzanine-half']);
    expect(names(1280, 900)).to.deep.equal(['thumbnail', 'preview', 'mezzanine']);
    const [thumbnail, , , half] = service.standardPlans({ ...facts, width: 8000, height: 6000 });
    const { plan } = planFor(
      STANDARD.thumbnail,
      { ...facts, width: 8000, height: 6000 },
      { accept: { avif: false, webp: false }, avif: false },
    );
    expect(thumbnail?.recipeHash).to.equal(recipeHash(plan, [], { raster: half?.key }));
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import {
  readLayerParam,
  readPicture,
  readWords,
  writeLayerParam,
  writePicture,
  writeWords,
} from '../../../web/src/features/playground/layer-text.ts';
import { fromPasted, imgSnippet, withTransformation } from '../../../web/src/features/playground/playground-url.ts';
import { joinSteps, readParam, splitSteps, writeParam, writeParams } from '../../../web/src/features/playground/transformation-text.ts';

const LAYERED = 'w-600,l-image,i-logo.png,w-100:rt-45,l-end,x-unknown:if-w_gt_300,h-200:fl-h,if-end:f-webp';

describe('the text of a transformation', () => {
  it('is split as delivery splits it, and put together again unchanged', () => {
    expect(splitSteps(LAYERED)).to.deep.equal([
      ['w-600', 'l-image,i-logo.png,w-100:rt-45,l-end', 'x-unknown'],
      ['if-w_gt_300,h-200:fl-h,if-end'],
      ['f-webp'],
    ]);
    const pieces = ['w-4', 'l-text', 'l-end', 'if-w_gt_1', 'if-else', 'if-end', ',', ':', 'e-usm-2-2-0.8-0.024', '', '%2C', 'ä'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        expect(joinSteps(splitSteps(parts.join('')))).to.equal(parts.join(''));
      }),
    );
  });

  it('gives values: of the first step, of formats wherever they stand', () => {
    expect(readParam(LAYERED, 'w')).to.equal('600');
    expect(readParam(LAYERED, 'f')).to.equal('webp');
    expect(readParam(LAYERED, 'h')).to.equal(null);
    expect(readParam('e-sharpen,ar-4-3', 'e-sharpen')).to.equal('true');
    expect(readParam('e-sharpen,ar-4-3', 'ar')).to.equal('4-3');
    expect(readParam('if-w_gt_1,w-5,if-end:w-9', 'w')).to.equal('9');
  });

  it('changes one parameter and leaves every other piece as it is', () => {
    expect(writeParam(LAYERED, 'w', '300')).to.equal(LAYERED.replace('w-600', 'w-300'));
    expect(writeParam(LAYERED, 'h', '9')).to.equal(LAYERED.replace('w-600,', 'w-600,h-9,'));
    expect(writeParam(LAYERED, 'f', null)).to.equal(LAYERED.replace(':f-webp', ''));
    expect(writeParam(LAYERED, 'f', 'png')).to.equal(LAYERED.replace('f-webp', 'f-png'));
    expect(writeParam('', 'w', '300')).to.equal('w-300');
    expect(writeParam('w-300', 'w', null)).to.equal('');
    expect(writeParam('w-1,h-2,w-3', 'w', '4')).to.equal('w-4,h-2');
    expect(writeParam('if-w_gt_1,w-5,if-end', 'h', '9')).to.equal('h-9:if-w_gt_1,w-5,if-end');
    expect(writeParams('w-9', { 'e-grayscale': 'true', c: null })).to.equal('w-9,e-grayscale');
  });

  it('reads back what it writes, and keeps what it does not know', () => {
    const key = fc.constantFrom('w', 'h', 'c', 'fo', 'f', 'q', 'r', 'e-sharpen', 'bg');
    const value = fc.stringMatching(/^[A-Za-z0-9_.-]{1,9}$/);
    const before = fc.constantFrom('', 'w-4', LAYERED, 'zz-1,w-3:rt-90', 'if-w_gt_1,w-5,if-end', 'n-card,l-text,i-a,l-end');
    fc.assert(
      fc.property(before, key, value, (text, k, v) => {
        const next = writeParam(text, k, v);
        expect(readParam(next, k)).to.equal(v);
        const others = (all: string) =>
          splitSteps(all)
            .flat()
            .filter((item) => item !== '' && !item.startsWith(`${k}-`) && item !== k);
        expect(others(next)).to.have.members(others(text));
      }),
    );
  });

  it('edits words and a picture on top', () => {
    const words = writeWords('w-400:rt-90', 'New jam');
    expect(words).to.equal('w-400:rt-90,l-text,i-New%20jam,l-end');
    expect(readWords(words)).to.equal('New jam');
    const hard = writeWords(words, 'Süß, sauer: 5 % / €');
    expect(hard).to.match(/^w-400:rt-90,l-text,ie-[\w%]+,l-end$/);
    expect(readWords(hard)).to.equal('Süß, sauer: 5 % / €');
    const styled = writeLayerParam(words, 'l-text', 'fs', '40');
    expect(styled).to.equal('w-400:rt-90,l-text,i-New%20jam,fs-40,l-end');
    expect(readLayerParam(styled, 'l-text', 'fs')).to.equal('40');
    expect(writeWords(styled, '')).to.equal('w-400:rt-90');
    const logo = writePicture(styled, '/brand/logo 2.png');
    expect(logo).to.equal('w-400:rt-90,l-text,i-New%20jam,fs-40,l-end,l-image,i-brand@@logo%202.png,l-end');
    expect(readPicture(logo)).to.equal('brand/logo 2.png');
    expect(writePicture(logo, '')).to.equal(styled);
    expect(readPicture('l-image,i-ik_canvas,bg-FF0000,l-end'), 'a plain area').to.equal(null);
  });
});

describe('addresses of the playground', () => {
  it('finds the transformation in whatever was pasted', () => {
    const rows: [string, string][] = [
      ['w-400,h-300', 'w-400,h-300'],
      ['tr:w-400', 'w-400'],
      ['https://dam.example/cdn/tr:w-400,rt-90/a/b.jpg', 'w-400,rt-90'],
      ['https://dam.example/cdn/a/b.jpg?v=2&tr=w-400:rt-90&ik-s=x', 'w-400:rt-90'],
      ['/cdn/tr:w-400/b.jpg?tr=rt-90', 'w-400:rt-90'],
      ['https://dam.example/cdn/b.jpg?tr=w-400%2Ch-300%3Art-90', 'w-400,h-300:rt-90'],
      ['https://dam.example/cdn/b.jpg', ''],
    ];
    for (const [pasted, expected] of rows) expect(fromPasted(pasted), pasted).to.equal(expected);
  });

  it('writes addresses that say the same', () => {
    expect(withTransformation('https://d.example/cdn/a.jpg', '')).to.equal('https://d.example/cdn/a.jpg');
    expect(withTransformation('/cdn/a.jpg?token=x', 'w-4,l-text,i-a b & c,l-end')).to.equal(
      '/cdn/a.jpg?token=x&tr=w-4,l-text,i-a%20b%20%26%20c,l-end',
    );
    for (const text of ['w-400,h-300:e-grayscale', LAYERED]) {
      expect(fromPasted(withTransformation('https://d.example/cdn/a.jpg', text))).to.equal(text);
    }
  });

  it('offers the picture to browsers in several widths, in its proportions', () => {
    const html = imgSnippet({
      address: 'https://d.example/cdn/a.jpg',
      transformation: 'w-800,h-400,fo-auto',
      alt: 'Jam "sour"',
      originalWidth: 1300,
      result: { width: 800, height: 400 },
    });
    expect(html).to.contain('a.jpg?tr=w-640,h-320,fo-auto 640w').and.to.contain('a.jpg?tr=w-1200,h-600,fo-auto 1200w');
    expect(html).to.not.contain('1600w');
    expect(html).to.contain('width="800" height="400" alt="Jam &quot;sour&quot;"');
  });

  it('offers other widths only where they show the same', () => {
    const html = (transformation: string) =>
      imgSnippet({ address: '/cdn/a.jpg', transformation, alt: '', originalWidth: 1300, result: null });
    for (const text of ['w-0.5,h-300', 'w-0.5', 'w-1', 'h-300', 'w-400,h-0.5', 'w-iw_div_2', 'w-400,h-300,cm-extract', 'n-teaser']) {
      expect(html(text), text).to.contain(`src="/cdn/a.jpg?tr=${text}"`).and.not.contain('srcset').and.not.contain('sizes');
    }
    for (const text of ['', 'e-grayscale', 'w-400', 'w-400,h-300,cm-pad_resize', 'w-400,ar-4-3'])
      expect(html(text), text).to.contain('srcset');
    expect(html('w-400'), 'a size that is not known is not said').not.to.contain('width=');
  });
});

import { expect } from 'chai';
import {
  deliveryUrl,
  type Recipe,
  snippets,
  srcsetWidths,
  START,
  stillAddress,
  transformation,
} from '../../../web/src/features/detail/delivery-url.ts';

const BASE = 'https://dam.example.com';
const recipe = (part: Partial<Recipe>): Recipe => ({ ...START, ...part });

describe('the address builder of the web app', () => {
  it('writes only what differs from the defaults', () => {
    expect(transformation(START)).to.equal('w-800');
    expect(transformation(recipe({ width: null }))).to.equal('');
    expect(transformation(recipe({ format: 'webp', quality: 60 }))).to.equal('w-800,f-webp,q-60');
  });

  it('names fit and focus only where both sides are given', () => {
    expect(transformation(recipe({ fit: 'at_max', focus: 'top' }))).to.equal('w-800');
    expect(transformation(recipe({ height: 600, focus: 'top_left' }))).to.equal('w-800,h-600,fo-top_left');
    expect(transformation(recipe({ height: 600, fit: 'at_max', focus: 'top' }))).to.equal('w-800,h-600,c-at_max');
    expect(transformation(recipe({ height: 600, fit: 'pad', background: '#ff8800' }))).to.equal('w-800,h-600,cm-pad_resize,bg-FF8800');
    expect(transformation(recipe({ height: 600, fit: 'extract', focus: 'right' }))).to.equal('w-800,h-600,cm-extract,fo-right');
  });

  it('puts effects behind the geometry', () => {
    expect(transformation(recipe({ rotate: 90, flip: 'h_v', blur: 10 }))).to.equal('w-800,rt-90,fl-h_v,bl-10');
  });

  it('puts the steps behind the mount, also of a workspace with a mount of its own', () => {
    expect(deliveryUrl('/cdn/Brand/a b.jpg', START, BASE)).to.equal(`${BASE}/cdn/tr:w-800/Brand/a%20b.jpg`);
    expect(deliveryUrl('/cdn/a.jpg', recipe({ width: null }), BASE)).to.equal(`${BASE}/cdn/a.jpg`);
    expect(deliveryUrl('/cdn/a.jpg?ik-obj-version=3', START, BASE)).to.equal(`${BASE}/cdn/tr:w-800/a.jpg?ik-obj-version=3`);
    expect(deliveryUrl('/cdn/cdn/a.jpg', START, BASE)).to.equal(`${BASE}/cdn/tr:w-800/cdn/a.jpg`);
  });

  it('takes the still of a film where a picture is meant', () => {
    const address = stillAddress('/cdn/a film.mp4?ik-obj-version=2&token=x?y');
    expect(address).to.equal('/cdn/a film.mp4/ik-thumbnail.jpg?ik-obj-version=2&token=x?y');
    expect(deliveryUrl(address, START, BASE)).to.equal(`${BASE}/cdn/tr:w-800/a%20film.mp4/ik-thumbnail.jpg?ik-obj-version=2&token=x?y`);
    const code = snippets({
      address: stillAddress('/cdn/f.mp4'),
      base: BASE,
      recipe: START,
      alt: 'A "film"',
      originalWidth: 1920,
      film: '/cdn/f.mp4?a=1&b=2',
    });
    expect(code.video)
      .to.contain(`src="${BASE}/cdn/f.mp4?a=1&amp;b=2"`)
      .and.contain(`poster="${BASE}/cdn/tr:w-800/f.mp4/ik-thumbnail.jpg"`)
      .and.contain('aria-label="A &quot;film&quot;"');
    expect(code.img).not.to.match(/f\.mp4"|f\.mp4 /);
  });

  it('offers no widths above the original', () => {
    expect(srcsetWidths(START, 1000)).to.deep.equal([320, 480, 640, 800]);
    expect(srcsetWidths(START, null)).to.deep.equal([320, 480, 640, 800, 1200, 1600]);
    expect(srcsetWidths(START, 200)).to.deep.equal([200]);
  });

  it('escapes what people typed and keeps the proportions in every width', () => {
    const code = snippets({
      address: '/cdn/a.jpg',
      base: BASE,
      recipe: recipe({ height: 400 }),
      alt: 'Say "hi" <b> [x]',
      originalWidth: 2000,
      film: null,
    });
    expect(code.img).to.include('alt="Say &quot;hi&quot; &lt;b>').and.to.include('/cdn/tr:w-1600,h-800/a.jpg 1600w');
    expect(code.picture).to.include('type="image/avif"').and.to.include('tr:w-800,h-400,f-jpg/a.jpg');
    expect(code.video).to.equal('');
    expect(code.markdown).to.equal(`![Say "hi" <b> x](${BASE}/cdn/tr:w-800,h-400/a.jpg)`);
  });
});

import { expect } from 'chai';
import { draw } from '../../../src/modules/library/demo/demo.draw.ts';
import { embedded } from '../../../src/modules/library/demo/demo.embed.ts';
import type { DemoItem, Drawing } from '../../../src/modules/library/demo/demo.item.ts';
import { words, wordsWidth } from '../../../src/modules/library/demo/demo.letters.ts';
import { plan } from '../../../src/modules/library/demo/demo.plan.ts';
import { random } from '../../../src/modules/library/demo/demo.random.ts';

const drawingOf = ({ form }: DemoItem): Drawing | null => ('drawing' in form ? form.drawing : form.kind === 'pdf' ? form.cover : null);

/** Every tag is closed in order, every attribute quoted, no bare ampersand, and every url(#…) is defined. */
function wellFormed(svg: string): string | null {
  const open: string[] = [];
  for (const [tag, closing, name, attributes = '', self] of svg.matchAll(/<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (closing) {
      if (open.pop() !== name) return `unexpected ${tag}`;
    } else if (!self) open.push(name ?? '');
    if (/NaN|undefined|Infinity/.test(attributes)) return `not a number in ${tag}`;
  }
  if (open.length > 0) return `never closed: ${open.join(' ')}`;
  const left = svg.replace(/<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, '');
  if (/[<>]/.test(left)) return `not a tag: ${left.slice(0, 80)}`;
  if (/&(?!(amp|lt|gt|quot);)/.test(svg)) return 'a bare ampersand';
  const ids = new Set([...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
  const missing = [...svg.matchAll(/url\(#([^)]+)\)/g)].map((match) => match[1]).find((id) => !ids.has(id));
  return missing === undefined ? null : `${missing} is not defined`;
}

describe('demo plan', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(plan('a', 60)).to.deep.equal(plan('a', 60));
    expect(plan('a', 60)).to.not.deep.equal(plan('b', 60));
  });

  it('has as many items as asked for', () => {
    for (const count of [1, 2, 8, 37, 200, 431]) expect(plan('counts', count)).to.have.length(count);
  });

  it('names are unique in their folders and safe', () => {
    const paths = plan('names', 600).map(({ folder, name }) => `${folder}/${name}`);
    expect(new Set(paths).size).to.equal(paths.length);
    expect(paths.filter((path) => !/^(\/\w[\w ]*)+\/[a-z0-9.-]+$/.test(path))).to.deep.equal([]);
  });

  it('makes facets worth looking at', () => {
    const items = plan('plumfield', 200);
    const distinct = (values: unknown[]) => new Set(values).size;
    expect(distinct(items.map((item) => item.exposure?.model))).to.be.at.least(6);
    expect(distinct(items.map((item) => item.taken.slice(0, 4)))).to.equal(5);
    expect(distinct(items.map((item) => item.folder))).to.be.at.least(12);
    expect(distinct(items.map((item) => item.name.split('.').pop()))).to.be.at.least(9);
    expect(items.filter((item) => item.publish).length).to.be.within(45, 95);
    expect(items.filter((item) => item.licence === null).length).to.be.within(8, 50);
    expect(items.every((item) => item.tags.includes('demo'))).to.equal(true);
  });

  it('draws each kind of scene as well-formed SVG, the same each time', () => {
    const kinds = new Map<string, Drawing>();
    for (const item of plan('svg', 200)) {
      const drawing = drawingOf(item);
      if (drawing) kinds.set(JSON.stringify(Object.values(drawing.scene).filter((value) => typeof value === 'string')), drawing);
    }
    expect(kinds.size).to.be.at.least(25);
    for (const [kind, drawing] of kinds) {
      const svg = draw(drawing);
      expect(wellFormed(svg), kind).to.equal(null);
      expect(draw(drawing), kind).to.equal(svg);
    }
  });

  it('writes EXIF fractions and escapes what XMP may not hold', () => {
    const [item] = plan('exif', 400).filter(({ place, exposure }) => exposure !== null && place !== null && place.longitude < 0);
    if (!item) throw new Error('no such item');
    const { exif, xmp } = embedded({ ...item, description: 'salt & <sugar>' });
    expect(exif.IFD3).to.deep.include({ GPSLatitudeRef: 'N', GPSLongitudeRef: 'W' });
    expect(exif.IFD3['GPSLatitude']).to.match(/^52\/1 6\/1 \d+\/100$/);
    expect(exif.IFD2['DateTimeOriginal']).to.match(/^20\d\d:\d\d:\d\d \d\d:\d\d:\d\d$/);
    expect(xmp).to.contain('salt &amp; &lt;sugar&gt;');
  });
});

describe('demo letters and chance', () => {
  it('measures words as it draws them, and leaves out what it does not know', () => {
    expect(wordsWidth('AA', { size: 14, spacing: 0 })).to.equal(20);
    expect(wordsWidth('AA', { size: 28, spacing: 0 })).to.equal(40);
    expect(words('A☃B', 0, 10, { size: 10, colour: '#000000' }).match(/<path /g)).to.have.length(2);
  });

  it('draws evenly and within bounds', () => {
    const chance = random('even');
    const counts = [0, 0, 0, 0];
    for (let draws = 0; draws < 4000; draws += 1) {
      const value = chance.int(0, 3);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(count).to.be.within(900, 1100);
    expect(random('even').shuffle([1, 2, 3, 4, 5])).to.have.members([1, 2, 3, 4, 5]);
  });
});

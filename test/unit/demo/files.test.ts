import { expect } from 'chai';
import { brochure } from '../../../src/modules/library/demo/demo.brochure.ts';
import { pdf } from '../../../src/modules/library/demo/demo.pdf.ts';
import { tune } from '../../../src/modules/library/demo/demo.tone.ts';

describe('demo files', () => {
  it('writes a PDF whose table of objects is right', () => {
    const info = { title: 'A (small) one\\', author: 'B', subject: 'C', keywords: 'd', created: new Date('2026-01-02T03:04:05Z') };
    const bytes = pdf(info, [
      { width: 100, height: 200, content: '0 0 1 rg 0 0 10 10 re f' },
      { width: 100, height: 200, content: '' },
    ]).toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(bytes)?.[1]);
    expect(bytes.slice(start, start + 4)).to.equal('xref');
    const offsets = [...bytes.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    for (const [index, offset] of offsets.entries()) expect(bytes.slice(offset).startsWith(`${index + 1} 0 obj`)).to.equal(true);
    expect(bytes).to.contain('/Title (A \\(small\\) one\\\\)');
    expect(bytes).to.contain('(D:20260102030405Z)');
    for (const [, length, body] of bytes.matchAll(/\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g))
      expect(body).to.have.length(Number(length));
  });

  it('makes a brochure of three pages around a picture', () => {
    const item = { title: 'T', creator: 'C', tags: ['a'], taken: '2026-01-01T00:00:00.000Z' };
    const bytes = brochure(item, { headline: 'H', lead: 'L' }, { jpeg: Buffer.from([0xff, 0xd8]), width: 2, height: 3 }).toString('latin1');
    expect(bytes).to.contain('/Count 3');
    expect(bytes).to.contain('/Width 2 /Height 3');
  });

  it('makes a tune that is heard and never clips', () => {
    const bytes = tune('a', 2);
    expect(bytes.toString('latin1', 0, 4)).to.equal('RIFF');
    expect(bytes.length).to.equal(44 + 2 * 2 * 22_050);
    const samples = Array.from({ length: (bytes.length - 44) / 2 }, (_, index) => bytes.readInt16LE(44 + index * 2));
    const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(peak).to.be.within(3000, 31_999);
    expect(tune('a', 2).equals(bytes)).to.equal(true);
    expect(tune('b', 2).equals(bytes)).to.equal(false);
  });
});

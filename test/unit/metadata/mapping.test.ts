import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_FIELDS, KEYWORD_TAGS } from '../../../src/modules/library/metadata/metadata.fields.ts';
import { mapEmbedded, mapKeywords } from '../../../src/modules/library/metadata/metadata.mapping.ts';
import { effective } from '../../../src/modules/library/metadata/metadata.precedence.ts';
import { tagKey } from '../../../src/modules/library/metadata/metadata.service.ts';

const map = (tags: Record<string, unknown>) => mapEmbedded(tags, DEFAULT_FIELDS);

describe('mapping of embedded metadata', () => {
  it('has about thirty fields with unique keys', () => {
    expect(DEFAULT_FIELDS.length).to.be.within(28, 40);
    expect(new Set(DEFAULT_FIELDS.map((field) => field.key)).size).to.equal(DEFAULT_FIELDS.length);
  });

  it('takes XMP before IPTC before EXIF', () => {
    const tags = { 'IFD0:ImageDescription': 'exif', 'IPTC:Caption-Abstract': 'iptc', 'XMP-dc:Description': 'xmp' };
    expect(map(tags).description).to.equal('xmp');
    expect(map({ ...tags, 'XMP-dc:Description': '' }).description).to.equal('iptc');
    expect(map({ 'IFD0:ImageDescription': '   ' }).description).to.equal(undefined);
  });

  it('reads language alternatives, lists and numbers as texts', () => {
    expect(map({ 'XMP-dc:Title': { 'x-default': 'Plum', 'de-DE': 'Pflaume' } }).title).to.equal('Plum');
    expect(map({ 'XMP-dc:Creator': ['Ann', 'Bob'] }).creator).to.deep.equal(['Ann', 'Bob']);
    expect(map({ 'IFD0:Artist': 'Ann' }).creator).to.deep.equal(['Ann']);
    expect(map({ 'IPTC:ObjectName': 12345 }).title).to.equal('12345');
  });

  it('reads places in degrees', () => {
    const at = map({
      'GPS:GPSLatitude': `43 deg 28' 2.81"`,
      'GPS:GPSLatitudeRef': 'North',
      'GPS:GPSLongitude': `11 deg 53' 6.46"`,
      'GPS:GPSLongitudeRef': 'West',
    });
    expect(at.latitude).to.be.closeTo(43.467447, 1e-6);
    expect(at.longitude).to.be.closeTo(-11.885128, 1e-6);
    expect(map({ 'Composite:GPSLatitude': `33 deg 52' 10.00" S` }).latitude).to.be.closeTo(-33.869444, 1e-6);
    expect(map({ 'GPS:GPSAltitude': '12.5 m Below Sea Level' }).altitude).to.equal(-12.5);
  });

  it('reads exposure as photographers write it', () => {
    const shot = map({ 'ExifIFD:ExposureTime': '1/60', 'ExifIFD:FNumber': 2.8, 'ExifIFD:FocalLength': '50.0 mm', 'ExifIFD:ISO': '200, 0' });
    expect(shot).to.include({ shutter: '1/60', aperture: 2.8, focal_length: 50, iso: 200 });
  });

  it('reads times with and without zone, and none that cannot be', () => {
    expect(map({ 'ExifIFD:DateTimeOriginal': '2009:03:14 13:59:26' }).taken).to.equal('2009-03-14T13:59:26.000Z');
    expect(map({ 'ExifIFD:DateTimeOriginal': '2009:03:14 13:59:26', 'ExifIFD:OffsetTimeOriginal': '+02:00' }).taken).to.equal(
      '2009-03-14T11:59:26.000Z',
    );
    expect(map({ 'XMP-photoshop:DateCreated': '2020:05:06' }).taken).to.equal('2020-05-06T00:00:00.000Z');
    for (const none of ['0000:00:00 00:00:00', '2009:00:14', 'yesterday', '2009:13:45 99:99:99', '    :  :     :  :  ']) {
      expect(map({ 'ExifIFD:DateTimeOriginal': none }).taken, none).to.equal(undefined);
    }
  });

  it('gathers keywords of all places once, in order', () => {
    const tags = { 'XMP-dc:Subject': ['Sea', 'sky '], 'IPTC:Keywords': ['SEA', 'boat'], 'PDF:Keywords': 'one, two; Boat' };
    expect(mapKeywords(tags, KEYWORD_TAGS)).to.deep.equal(['Sea', 'sky', 'boat', 'one', 'two']);
  });

  it('never throws and never gives what a column could not hold, whatever a file says', () => {
    const names = DEFAULT_FIELDS.flatMap((field) => field.tags);
    const anything = fc.anything({ maxDepth: 2, withUnicodeString: true } as never);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 12 }), (tags) => {
        for (const [key, value] of Object.entries(map(tags))) {
          const type = DEFAULT_FIELDS.find((field) => field.key === key)?.type;
          if (type === 'number') expect(Number.isFinite(value)).to.equal(true);
          if (type === 'text') expect(value).to.be.a('string').and.not.include('\u0000');
          if (type === 'list') expect(value).to.be.an('array');
        }
      }),
    );
  });
});

describe('which value counts', () => {
  const at = (source: 'embedded' | 'person' | 'rule' | 'import' | 'model', day: number) => ({
    source,
    at: new Date(Date.UTC(2026, 0, day)),
  });

  it('is the person’s, then rule, import, embedded, model; the newest of one source', () => {
    expect(effective([])).to.equal(null);
    expect(effective([at('model', 9), at('embedded', 1)])?.source).to.equal('embedded');
    expect(effective([at('embedded', 9), at('import', 1)])?.source).to.equal('import');
    expect(effective([at('rule', 1), at('import', 9)])?.source).to.equal('rule');
    expect(effective([at('person', 1), at('rule', 9), at('model', 9)])?.source).to.equal('person');
    expect(effective([at('person', 1), at('person', 3), at('person', 2)])?.at.getUTCDate()).to.equal(3);
  });

  it('a machine never overwrites a person, in any order', () => {
    const source = fc.constantFrom('embedded', 'rule', 'import', 'model') as fc.Arbitrary<'embedded'>;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(source, fc.integer({ min: 1, max: 28 })), { maxLength: 10 }),
        fc.integer({ min: 1, max: 28 }),
        (machines, day) => {
          const values = [...machines.map(([kind, d]) => at(kind, d)), at('person', day)];
          expect(effective(values)?.source).to.equal('person');
          expect(effective([...values].reverse())?.source).to.equal('person');
        },
      ),
    );
  });
});

describe('tags', () => {
  it('are compared without case and with single spaces', () => {
    expect(tagKey('  Red   Wine ')).to.equal('red wine');
    expect(tagKey('CAFÉ')).to.equal(tagKey('café'));
  });
});

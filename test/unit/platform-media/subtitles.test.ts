import { expect } from 'chai';
import { assScript } from '../../../src/platform/media/subtitles-ass.ts';
import { decodeSubtitles, MAX_CUES, parseSubtitles } from '../../../src/platform/media/subtitles.ts';

const texts = (file: string) => parseSubtitles(file).map(({ start, end, spans }) => [start, end, spans.map(({ text }) => text).join('')]);
const BLACK = { r: 0, g: 0, b: 0, alpha: 1 };
const style = { size: 20, colour: { r: 255, g: 128, b: 0, alpha: 1 }, font: 'Roboto', bold: false, italic: false, strike: false };
const look = { ...style, background: null, outline: { width: 2, colour: BLACK }, shadow: null };
const drawn = { width: 400, height: 300, style: look, begin: 0, from: 0, until: null };
const dialogues = (script: string) => script.split('\n').filter((line) => line.startsWith('Dialogue: '));

describe('subtitles', () => {
  it('reads SRT in its usual spellings', () => {
    expect(
      texts('1\r\n00:00:01,500 --> 00:00:02,000\r\nOne\r\ntwo\r\n\r\n2\r\n01:00:00.5 --> 01:00:01,25  X1:1\r\nThree\r\n'),
    ).to.deep.equal([
      [1.5, 2, 'One\ntwo'],
      [3600.5, 3601.25, 'Three'],
    ]);
    // No empty line between two; no number; a number that is said.
    expect(texts('1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\n42\n')).to.deep.equal([
      [1, 2, 'One'],
      [3, 4, '42'],
    ]);
  });

  it('reads WebVTT without its notes, styles, names and places', () => {
    const file =
      '\ufeffWEBVTT Kind: captions\n\nNOTE\nfoo\n\nSTYLE\n::cue {}\n\nid-1\n00:01.000 --> 01:02.000 align:start\n<v Ann>Salt &amp; <i.loud>pepper</i></v> a < b\n';
    expect(texts(file)).to.deep.equal([[1, 62, 'Salt & pepper a < b']]);
    const spans = parseSubtitles(file)[0]?.spans ?? [];
    expect(spans.find(({ text }) => text === 'pepper')?.italic).to.equal(true);
    expect(spans.filter(({ italic }) => italic)).to.have.length(1);
  });

  it('passes over what is no cue, and reads so many and no more', () => {
    expect(texts('')).to.deep.equal([]);
    expect(texts('00:00:02,000 --> 00:00:01,000\nbackwards\n\n00:00:01,000 --> 00:00:02,000\n \n')).to.deep.equal([]);
    const many = Array.from(
      { length: MAX_CUES + 10 },
      (_, n) => `00:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${n % 60},${n % 1000} --> 500:00:00,000\nx\n`,
    );
    expect(texts(many.join('\n')), 'no more than can be read at a time').to.have.length(12);
    const after = Array.from(
      { length: MAX_CUES + 10 },
      (_, n) => `${Math.floor(n / 60)}:${n % 60}:00,000 --> ${Math.floor(n / 60)}:${n % 60}:30,000\nx\n`,
    );
    expect(texts(after.join('\n'))).to.have.length(MAX_CUES);
    expect(texts('00:00:05,000 --> 00:00:06,000\nb\n\n00:00:01,000 --> 00:00:02,000\na\n').map(([, , text]) => text)).to.deep.equal([
      'a',
      'b',
    ]);
    expect(texts(`00:00:01,000 --> 00:00:02,000\n${'x'.repeat(50_000)}`)[0]?.[2]).to.have.length(1_000);
  });

  it('decodes UTF-8, UTF-16 and what Windows wrote', () => {
    expect(decodeSubtitles(Buffer.from('Größe', 'utf8'))).to.equal('Größe');
    expect(decodeSubtitles(Buffer.from('Größe', 'latin1'))).to.equal('Größe');
    expect(decodeSubtitles(Buffer.from('\ufeffGröße', 'utf16le'))).to.equal('Größe');
  });

  it('writes texts that libass shows and never obeys', () => {
    const file =
      '00:00:01,000 --> 00:00:02,000\n{\\an8}a {\\p1} \\{\\pos(1,2)\\} \\N \\h , {x\\n} c:\\new\nDialogue: 0,0:00:00.00,0:00:09.00,Text,,0,0,0,,b\n';
    const [line = '', ...more] = dialogues(assScript(parseSubtitles(file), drawn));
    expect(more).to.deep.equal([]);
    const text = line.split(',').slice(9).join(',');
    expect(text).to.match(/^\{\\b0\\i0\\u0\}/);
    const said = text.replace(/^\{\\b0\\i0\\u0\}/, '');
    // No brace opens an override, and no backslash stands before a letter but in our line break.
    expect(said.replaceAll('\\{', '').replaceAll('\\}', '')).not.to.match(/[{}]/);
    expect(said.match(/\\[a-z]/gi)).to.deep.equal(['\\N']);
    expect(said).to.contain('\\NDialogue');
  });

  it('shifts and cuts times as the film is cut', () => {
    const cues = parseSubtitles('00:00:01,000 --> 00:00:03,000\na\n\n00:01:01,000 --> 01:00:01,999\nb\n');
    const times = (more: object) => dialogues(assScript(cues, { ...drawn, ...more })).map((line) => line.split(',').slice(1, 3));
    expect(times({})).to.deep.equal([
      ['0:00:01.00', '0:00:03.00'],
      ['0:01:01.00', '1:00:02.00'],
    ]);
    expect(times({ begin: 2, until: 0.5 })).to.deep.equal([['0:00:00.00', '0:00:00.50']]);
    expect(times({ from: 2 })[0]).to.deep.equal(['0:00:02.00', '0:00:03.00']);
  });

  it('writes colours with their transparency, and a box of its own for a background', () => {
    const cues = parseSubtitles('00:00:01,000 --> 00:00:03,000\n<b>a</b>\n');
    const script = assScript(cues, { ...drawn, style: { ...look, background: { r: 0, g: 0, b: 255, alpha: 0.5 } } });
    expect(script).to.match(/^Style: Box,Roboto,20,&HFF000000,&HFF000000,&H80FF0000,/m);
    expect(script).to.match(/^Style: Text,Roboto,20,&H000080FF,&H000080FF,&H00000000,/m);
    expect(dialogues(script).map((line) => line.split(',').slice(0, 4).join())).to.deep.equal([
      'Dialogue: 0,0:00:01.00,0:00:03.00,Box',
      'Dialogue: 1,0:00:01.00,0:00:03.00,Text',
    ]);
    expect(script).to.match(/\{\\b1\\i0\\u0\}a$/m);
  });
});

import { expect } from 'chai';
import { RasterError } from '../../../src/platform/media/raster/raster-error.ts';
import { cleanSvg } from '../../../src/platform/media/risky/svg-clean.ts';
import { cleanCss } from '../../../src/platform/media/risky/svg-rules.ts';
import { entitySvg, externalSvg, goodSvg } from '../../support/fixtures/svg.ts';

const NONE = { own: { width: 200, height: 100 }, size: null, rights: null };
const clean = (text: string, over = {}) => cleanSvg(text, { ...NONE, ...over });
const inside = (text: string) => clean(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${text}</svg>`);
const body = (text: string) => /^<svg[^>]*>(.*)<\/svg>$/s.exec(inside(text))?.[1];

describe('an SVG written anew', () => {
  it('keeps what draws', () => {
    expect(clean(goodSvg)).to.equal(
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">' +
        '\n<rect width="200" height="100" fill="#0d9488"></rect><circle cx="50" cy="50" r="30" fill="#fde047"></circle></svg>'.replace(
          '\n',
          '',
        ),
    );
    for (const kept of [
      '<defs><linearGradient id="g"><stop offset="0" stop-color="red"></stop></linearGradient></defs>',
      '<use href="#g"></use>',
      '<use xlink:href="#g"></use>',
      '<rect fill="url(#g)" style="stroke:url(#g);fill-opacity:.5"></rect>',
      '<image href="data:image/png;base64,AAAA"></image>',
      '<text xml:space="preserve">a &lt; b &amp; c</text>',
      '<style>.a{fill:red} .b{fill:url(#g)}</style>',
      '<animate attributeName="opacity" values="0;1" dur="1s"></animate>',
    ])
      expect(body(kept), kept).to.equal(kept);
  });

  it('leaves out what runs, fetches or leads away, in every disguise', () => {
    const rows: [string, string][] = [
      ['<script>alert(1)</script>', ''],
      ['<script xlink:href="https://a.example/x.js"/><g/>', '<g></g>'],
      ['<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="x"/></body></foreignObject>', ''],
      ['<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>', ''],
      ['<x:g xmlns:x="http://ns.adobe.com/x/"><script/><rect/></x:g>', ''],
      ['<g onload="alert(1)" ONCLICK="x"/>', '<g></g>'],
      ['<a href="javascript:alert(1)"><rect/></a>', '<a><rect></rect></a>'],
      ['<a xlink:href=" java&#10;script:alert(1)"/>', '<a></a>'],
      ['<a href="https://a.example"/>', '<a></a>'],
      ['<use href="other.svg#a"/><use href="data:image/svg+xml;base64,AAAA#a"/>', '<use></use><use></use>'],
      ['<image href="https://a.example/beacon.png"/>', '<image></image>'],
      ['<image href="data:image/svg+xml;base64,AAAA"/>', '<image></image>'],
      ['<filter><feImage href="file:///etc/passwd"/></filter>', '<filter><feImage></feImage></filter>'],
      ['<rect fill="url(https://a.example/p.svg#p)"/>', '<rect></rect>'],
      ['<rect fill="url( &#39;//a.example#p&#39;)"/>', '<rect></rect>'],
      ['<rect fill="u\\72l(https://a.example)"/>', '<rect></rect>'],
      ['<rect style="background:image-set(&quot;https://a.example&quot; 1x)"/>', '<rect></rect>'],
      ['<style>@import url(https://a.example/x.css); .a{fill:red}</style>', '<style>  .a{fill:red}</style>'],
      ['<style>.a{fill:u/**/rl(https://a.example)}</style>', '<style>.a{fill:u rl(https://a.example)}</style>'],
      ['<style>.a{fill:url("https://a.example/#x")}</style>', '<style>.a{fill:none}</style>'],
      ['<style><![CDATA[.a{fill:\\75 rl(x)}]]></style>', '<style></style>'],
      ['<style>&lt;/style>&lt;script>alert(1)&lt;/script></style>', '<style></style>'],
      ['<a><animate attributeName="href" to="javascript:alert(1)"/></a>', '<a></a>'],
      ['<set attributeName="xlink:href" to="x"/><set attributeName=" onload" to="x"/>', ''],
      ['<rect xml:base="https://a.example/" xlink:actuate="onLoad" src="x"/>', '<rect></rect>'],
      ['<metadata><rdf xmlns="x">where I live</rdf></metadata><!-- secret --><?php evil ?>', ''],
    ];
    for (const [given, left] of rows) expect(body(given), given).to.equal(left);
    const outside = inside(externalSvg('http://canary.test', '/etc/passwd').replace(/^<svg[^>]*>|<\/svg>$/g, ''));
    expect(outside).not.to.match(/canary|passwd|import/);
  });

  it('takes names of namespaces from the document type, and nothing that multiplies or comes from elsewhere', () => {
    const illustrator =
      '<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!ENTITY who "Zoë">]><svg xmlns="&ns_svg;"><text>&who;</text></svg>';
    expect(clean(illustrator)).to.contain('<text>Zoë</text>');
    const laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text></svg>';
    for (const bad of [laughs, entitySvg('http://canary.test', '/etc/passwd')]) expect(() => clean(bad)).to.throw(RasterError);
  });

  it('refuses what is no SVG, is not whole, or is nested without end', () => {
    for (const bad of ['', '<html/>', '<svg', '<svg><g></svg>', '<svg/><svg/>', `<svg>${'<g>'.repeat(600)}${'</g>'.repeat(600)}</svg>`]) {
      expect(() => clean(bad), bad.slice(0, 30)).to.throw(RasterError);
    }
  });

  it('says another size, and whose it is', () => {
    const wished = { size: { width: 400, height: 100, stretched: true }, rights: { copyright: 'A & B' } };
    const made = clean('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect/></svg>', wished);
    expect(made).to.match(/^<svg [^>]*width="400" height="100" viewBox="0 0 200 100" preserveAspectRatio="none"><metadata><x:xmpmeta/);
    expect(made).to.contain('A &amp; B').and.not.to.contain('<?');
    expect(clean('<svg viewBox="0 0 9 9" width="50%"/>', { size: { width: 20, height: 20, stretched: false } })).to.contain(
      'viewBox="0 0 9 9" width="20" height="20">',
    );
  });

  it('cleans style sheets with unclosed and nested tricks', () => {
    for (const css of ['@import "x"', 'a{b:url(', 'a{b:url(x', '/* @import */ a{b:URL (//x)}', 'a{b:src("x")}', '@font-face{src:url(x)}']) {
      expect(cleanCss(css), css).not.to.match(/import|url|src/i);
    }
  });
});

import type { Exif } from 'sharp';
import type { Rights } from '../plan.ts';

/** What a derivative says of its rights: as XMP (ISO 16684-1, IPTC Photo Metadata) and, for old readers, as EXIF. Pure. */

const escaped = (text: string): string =>
  // XML 1.0 knows no other control characters.
  [...text]
    .filter((char) => char >= ' ' || char === '\n' || char === '\t')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const inDefault = (name: string, text: string): string =>
  `<${name}><rdf:Alt><rdf:li xml:lang="x-default">${escaped(text)}</rdf:li></rdf:Alt></${name}>`;

const plain = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;

export function rightsXmp({ creators = [], copyright, credit, terms, licence, digitalSource }: Rights): string {
  const names = creators.map((creator) => plain('rdf:li', creator)).join('');
  const said = [
    names === '' ? '' : `<dc:creator><rdf:Seq>${names}</rdf:Seq></dc:creator>`,
    copyright === undefined ? '' : inDefault('dc:rights', copyright),
    credit === undefined ? '' : plain('photoshop:Credit', credit),
    terms === undefined ? '' : inDefault('xmpRights:UsageTerms', terms),
    licence === undefined ? '' : plain('xmpRights:WebStatement', licence),
    copyright === undefined && terms === undefined && licence === undefined ? '' : plain('xmpRights:Marked', 'True'),
    digitalSource === undefined ? '' : plain('Iptc4xmpExt:DigitalSourceType', digitalSource),
  ];
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"',
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">',
    ...said,
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  ].join('');
}

export function rightsExif({ creators = [], copyright }: Rights): Exif {
  // EXIF 2.32: several artists are separated by a semicolon.
  const said = {
    ...(creators.length > 0 ? { Artist: creators.join('; ') } : {}),
    ...(copyright === undefined ? {} : { Copyright: copyright }),
  };
  return Object.keys(said).length > 0 ? { IFD0: said } : {};
}

const LABEL = Buffer.from('\x21\xff\x0bXMP DataXMP', 'latin1');
/** Ends the packet, which is no chain of sub-blocks, for readers that take it for one. */
const TRAILER = Buffer.from([0x01, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0x00]);
const END = 0x3b;

/** A GIF with a packet as its last extension ("XMP Specification Part 3", 1.1.2): libvips writes none. */
export function gifWithXmp(gif: Buffer, xmp: string): Buffer {
  const end = gif.lastIndexOf(END);
  if (end < 0) return gif;
  return Buffer.concat([gif.subarray(0, end), LABEL, Buffer.from(xmp), TRAILER, gif.subarray(end)]);
}

import type { DemoItem } from './demo.item.ts';
import { escape } from './demo.svg.ts';

/** What stands inside the files: EXIF by directory as libvips takes it, and an XMP packet. */
export interface Embedded {
  readonly exif: { readonly IFD0: Record<string, string>; readonly IFD2: Record<string, string>; readonly IFD3: Record<string, string> };
  readonly xmp: string;
}

export function embedded(item: DemoItem): Embedded {
  const { exposure, place } = item;
  const stamp = item.taken.slice(0, 19).replaceAll('-', ':').replace('T', ' ');
  return {
    exif: {
      IFD0: {
        Artist: item.creator,
        Copyright: item.copyright.replace('©', '(c)'),
        ...(exposure ? { Make: exposure.make, Model: exposure.model } : { Software: 'Plumfield Studio' }),
      },
      IFD2: {
        DateTimeOriginal: stamp,
        ...(exposure
          ? {
              LensModel: exposure.lens,
              FNumber: `${Math.round(exposure.aperture * 10)}/10`,
              ExposureTime: exposure.shutter,
              ISOSpeedRatings: String(exposure.iso),
              FocalLength: `${exposure.millimetres}/1`,
            }
          : {}),
      },
      IFD3: place
        ? {
            GPSLatitudeRef: place.latitude < 0 ? 'S' : 'N',
            GPSLatitude: degrees(place.latitude),
            GPSLongitudeRef: place.longitude < 0 ? 'W' : 'E',
            GPSLongitude: degrees(place.longitude),
          }
        : {},
    },
    xmp: packet(item),
  };
}

/** Degrees, minutes and seconds as EXIF's three fractions. */
function degrees(value: number): string {
  const size = Math.abs(value);
  const whole = Math.floor(size);
  const minutes = Math.floor((size - whole) * 60);
  const seconds = Math.round(((size - whole) * 60 - minutes) * 6000);
  return `${whole}/1 ${minutes}/1 ${seconds}/100`;
}

function packet(item: DemoItem): string {
  const language = (tag: string, value: string | null): string =>
    value === null ? '' : `<${tag}><rdf:Alt><rdf:li xml:lang="x-default">${escape(value)}</rdf:li></rdf:Alt></${tag}>`;
  const plain = (tag: string, value: string | undefined): string => (value === undefined ? '' : `<${tag}>${escape(value)}</${tag}>`);
  return (
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">' +
    language('dc:description', item.description) +
    language('dc:rights', item.copyright) +
    language('xmpRights:UsageTerms', item.licence) +
    language('Iptc4xmpCore:AltTextAccessibility', item.alt) +
    `<dc:creator><rdf:Seq><rdf:li>${escape(item.creator)}</rdf:li></rdf:Seq></dc:creator>` +
    plain('photoshop:City', item.place?.city) +
    plain('photoshop:Country', item.place?.country) +
    plain('Iptc4xmpCore:Location', item.place?.name) +
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
  );
}

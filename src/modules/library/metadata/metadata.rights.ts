import type { Rights } from '../../../platform/media/plan.ts';
import type { DefaultField } from './metadata.fields.ts';
import { mapEmbedded } from './metadata.mapping.ts';

/** What a file itself says of its rights: the part of its metadata that is stated again in derivatives (ADR 0311). Pure. */

const said = (key: string, type: DefaultField['type'], ...tags: string[]) => ({ key, type, tags, labels: { en: key, de: key } });

/** Tags of pictures only, in the order of the Metadata Working Group: XMP, IPTC, EXIF. */
const SAID: readonly DefaultField[] = [
  said('creators', 'list', 'XMP-dc:Creator', 'IPTC:By-line', 'IFD0:Artist', 'IFD0:XPAuthor', 'PNG:Author'),
  said('copyright', 'text', 'XMP-dc:Rights', 'IPTC:CopyrightNotice', 'IFD0:Copyright', 'PNG:Copyright'),
  said('credit', 'text', 'XMP-photoshop:Credit', 'IPTC:Credit'),
  said('terms', 'text', 'XMP-xmpRights:UsageTerms'),
  said('licence', 'text', 'XMP-xmpRights:WebStatement', 'XMP-cc:License', 'XMP-plus:LicensorURL'),
  said('digitalSource', 'text', 'XMP-iptcExt:DigitalSourceType'),
];
/** They stand in every derivative: characters of a text, and names. */
const MOST = { text: 1_000, names: 10, name: 200, address: 500 };

/** Null when it says nothing. */
export function rightsOf(embedded: Record<string, unknown>): Rights | null {
  const found = mapEmbedded(embedded, SAID);
  const rights: Record<string, string | string[]> = {};
  for (const [key, value] of Object.entries(found)) {
    if (Array.isArray(value)) rights[key] = value.slice(0, MOST.names).map((name) => name.slice(0, MOST.name));
    else if (key === 'licence' || key === 'digitalSource') {
      const address = String(value);
      // A cut address leads elsewhere.
      if (/^https?:\/\/\S+$/.test(address) && address.length <= MOST.address) rights[key] = address;
    } else rights[key] = String(value).slice(0, MOST.text);
  }
  return Object.keys(rights).length > 0 ? rights : null;
}

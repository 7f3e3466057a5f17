/**
 * The fields every workspace starts with, and where in a file each is read from. Tag names are ExifTool's with
 * group 1 (`-G1`); the first tag that holds something wins. Order follows the Metadata Working Group's advice: XMP, IPTC, EXIF, container.
 */

export type FieldType = 'text' | 'number' | 'boolean' | 'time' | 'list';

export interface DefaultField {
  readonly key: string;
  readonly type: FieldType;
  readonly labels: { readonly en: string; readonly de: string };
  readonly tags: readonly string[];
}

const field = (key: string, type: FieldType, en: string, de: string, ...tags: string[]): DefaultField => ({
  key,
  type,
  labels: { en, de },
  tags,
});

export const DEFAULT_FIELDS: readonly DefaultField[] = [
  field(
    'title',
    'text',
    'Title',
    'Titel',
    'XMP-dc:Title',
    'IPTC:ObjectName',
    'IFD0:XPTitle',
    'ItemList:Title',
    'UserData:Title',
    'PDF:Title',
    'ID3v2_3:Title',
    'ID3v2_4:Title',
    'ID3v1:Title',
  ),
  field('headline', 'text', 'Headline', 'Überschrift', 'XMP-photoshop:Headline', 'IPTC:Headline'),
  field(
    'description',
    'text',
    'Description',
    'Beschreibung',
    'XMP-dc:Description',
    'IPTC:Caption-Abstract',
    'IFD0:ImageDescription',
    'ItemList:Description',
    'PNG:Description',
    'PDF:Subject',
  ),
  field('alt', 'text', 'Alternative text', 'Alternativtext', 'XMP-iptcCore:AltTextAccessibility'),
  field(
    'creator',
    'list',
    'Creator',
    'Urheber',
    'XMP-dc:Creator',
    'IPTC:By-line',
    'IFD0:Artist',
    'IFD0:XPAuthor',
    'ItemList:Artist',
    'PDF:Author',
    'ID3v2_3:Artist',
    'ID3v2_4:Artist',
    'ID3v1:Artist',
    'PNG:Author',
  ),
  field('credit', 'text', 'Credit line', 'Bildnachweis', 'XMP-photoshop:Credit', 'IPTC:Credit'),
  field('source', 'text', 'Source', 'Quelle', 'XMP-photoshop:Source', 'IPTC:Source'),
  field(
    'copyright',
    'text',
    'Copyright',
    'Copyright',
    'XMP-dc:Rights',
    'IPTC:CopyrightNotice',
    'IFD0:Copyright',
    'ItemList:Copyright',
    'PNG:Copyright',
  ),
  field(
    'licence',
    'text',
    'Licence',
    'Lizenz',
    'XMP-xmpRights:UsageTerms',
    'XMP-cc:License',
    'XMP-plus:LicensorURL',
    'XMP-xmpRights:WebStatement',
  ),
  field('instructions', 'text', 'Instructions', 'Hinweise', 'XMP-photoshop:Instructions', 'IPTC:SpecialInstructions'),
  field('people', 'list', 'People', 'Personen', 'XMP-iptcExt:PersonInImage', 'XMP-MP:RegionPersonDisplayName', 'XMP-mwg-rs:RegionName'),
  field('location', 'text', 'Place', 'Ort', 'XMP-iptcCore:Location', 'IPTC:Sub-location'),
  field('city', 'text', 'City', 'Stadt', 'XMP-photoshop:City', 'IPTC:City'),
  field('state', 'text', 'State', 'Bundesland', 'XMP-photoshop:State', 'IPTC:Province-State'),
  field('country', 'text', 'Country', 'Land', 'XMP-photoshop:Country', 'IPTC:Country-PrimaryLocationName'),
  field('latitude', 'number', 'Latitude', 'Breite', 'Composite:GPSLatitude', 'GPS:GPSLatitude', 'XMP-exif:GPSLatitude'),
  field('longitude', 'number', 'Longitude', 'Länge', 'Composite:GPSLongitude', 'GPS:GPSLongitude', 'XMP-exif:GPSLongitude'),
  field('altitude', 'number', 'Altitude (m)', 'Höhe (m)', 'Composite:GPSAltitude', 'GPS:GPSAltitude'),
  field(
    'taken',
    'time',
    'Taken',
    'Aufgenommen',
    'ExifIFD:DateTimeOriginal',
    'XMP-exif:DateTimeOriginal',
    'XMP-photoshop:DateCreated',
    'ExifIFD:CreateDate',
    'Keys:CreationDate',
    'QuickTime:CreateDate',
    'RIFF:DateTimeOriginal',
    'XMP-xmp:CreateDate',
    'PDF:CreateDate',
  ),
  field(
    'camera_make',
    'text',
    'Camera maker',
    'Kamerahersteller',
    'IFD0:Make',
    'XMP-tiff:Make',
    'Keys:Make',
    'QuickTime:Make',
    'UserData:Make',
  ),
  field('camera', 'text', 'Camera', 'Kamera', 'IFD0:Model', 'XMP-tiff:Model', 'Keys:Model', 'QuickTime:Model', 'UserData:Model'),
  field('lens', 'text', 'Lens', 'Objektiv', 'ExifIFD:LensModel', 'XMP-aux:Lens', 'Composite:LensID', 'XMP-exifEX:LensModel'),
  field('iso', 'number', 'ISO', 'ISO', 'ExifIFD:ISO', 'XMP-exif:ISO', 'Composite:ISO'),
  field('aperture', 'number', 'Aperture', 'Blende', 'ExifIFD:FNumber', 'XMP-exif:FNumber', 'Composite:Aperture'),
  field('shutter', 'text', 'Shutter speed', 'Belichtungszeit', 'ExifIFD:ExposureTime', 'XMP-exif:ExposureTime', 'Composite:ShutterSpeed'),
  field('focal_length', 'number', 'Focal length (mm)', 'Brennweite (mm)', 'ExifIFD:FocalLength', 'XMP-exif:FocalLength'),
  field('flash', 'text', 'Flash', 'Blitz', 'ExifIFD:Flash'),
  field(
    'software',
    'text',
    'Software',
    'Software',
    'IFD0:Software',
    'XMP-xmp:CreatorTool',
    'PDF:Producer',
    'PNG:Software',
    'ItemList:Encoder',
  ),
  field('colour_profile', 'text', 'Colour profile', 'Farbprofil', 'ICC_Profile:ProfileDescription', 'ExifIFD:ColorSpace'),
  field('rating', 'number', 'Rating', 'Bewertung', 'XMP-xmp:Rating', 'IFD0:Rating'),
  field('digital_source', 'text', 'Digital source type', 'Digitale Herkunft', 'XMP-iptcExt:DigitalSourceType'),
  field('album', 'text', 'Album', 'Album', 'ItemList:Album', 'ID3v2_3:Album', 'ID3v2_4:Album', 'ID3v1:Album'),
  field('genre', 'text', 'Genre', 'Genre', 'ItemList:Genre', 'ID3v2_3:Genre', 'ID3v2_4:Genre', 'ID3v1:Genre'),
];

/** Where keywords stand; they become tags, not values. */
export const KEYWORD_TAGS = ['XMP-dc:Subject', 'IPTC:Keywords', 'IFD0:XPKeywords', 'PDF:Keywords'] as const;

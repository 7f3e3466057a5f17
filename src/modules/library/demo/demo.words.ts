/** What the demo library says of its pictures. The house, its people and its places are invented. */

export const PEOPLE = ['Ines Albrecht', 'Tomas Varga', 'Miriam Okafor', 'Jonas Lindqvist', 'Aiko Brandt', 'Paul Deverell'] as const;
export const COLLEAGUES = [
  ['Clara Winter', 'Head of orchards'],
  ['Samuel Adeyemi', 'Master preserver'],
  ['Lena Hofmann', 'Marketing'],
  ['Mateo Rossi', 'Quality'],
  ['Hana Suzuki', 'Product design'],
  ['Oskar Nyberg', 'Logistics'],
  ['Zoe Laurent', 'Sales'],
  ['Dilan Yilmaz', 'Farm shop'],
  ['Greta Paulsen', 'Bee keeping'],
  ['Ravi Menon', 'Export'],
  ['Nora Brandl', 'Kitchen'],
  ['Felix Amann', 'Press office'],
] as const;

export interface Place {
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
}

export const PLACES: readonly Place[] = [
  { name: 'Upper orchard', city: 'Radebeul', country: 'Germany', latitude: 51.1063, longitude: 13.6577 },
  { name: 'Plum terraces', city: 'Krems', country: 'Austria', latitude: 48.4102, longitude: 15.5926 },
  { name: 'North shore', city: 'Skagen', country: 'Denmark', latitude: 57.7209, longitude: 10.5839 },
  { name: 'Lake road', city: 'Bled', country: 'Slovenia', latitude: 46.3683, longitude: 14.1146 },
  { name: 'Old town', city: 'Bologna', country: 'Italy', latitude: 44.4949, longitude: 11.3426 },
  { name: 'Valley farm', city: 'Pershore', country: 'United Kingdom', latitude: 52.1121, longitude: -2.0762 },
];

export interface Camera {
  readonly make: string;
  readonly model: string;
  readonly lenses: readonly (readonly [name: string, millimetres: number, aperture: number])[];
}

export const CAMERAS: readonly Camera[] = [
  {
    make: 'Canon',
    model: 'Canon EOS R5',
    lenses: [
      ['RF24-70mm F2.8 L IS USM', 50, 2.8],
      ['RF100mm F2.8 L MACRO IS USM', 100, 4],
    ],
  },
  {
    make: 'NIKON CORPORATION',
    model: 'NIKON Z 8',
    lenses: [
      ['NIKKOR Z 24-120mm f/4 S', 35, 8],
      ['NIKKOR Z 85mm f/1.8 S', 85, 2],
    ],
  },
  {
    make: 'FUJIFILM',
    model: 'X-T5',
    lenses: [
      ['XF16-55mmF2.8 R LM WR', 23, 5.6],
      ['XF56mmF1.2 R WR', 56, 1.4],
    ],
  },
  {
    make: 'SONY',
    model: 'ILCE-7M4',
    lenses: [
      ['FE 35mm F1.4 GM', 35, 2.2],
      ['FE 70-200mm F2.8 GM OSS II', 135, 2.8],
    ],
  },
  { make: 'Apple', model: 'iPhone 15 Pro', lenses: [['iPhone 15 Pro back triple camera 6.765mm f/1.78', 7, 1.8]] },
  { make: 'DJI', model: 'FC3582', lenses: [['DJI Mini 3 Pro 6.7mm f/1.7', 7, 1.7]] },
];

export interface Campaign {
  readonly folder: string;
  readonly tag: string;
  readonly year: number;
  /** Lines of its posts, and what the button says. */
  readonly posts: readonly (readonly [lines: readonly string[], call: string])[];
}

export const CAMPAIGNS: readonly Campaign[] = [
  {
    folder: '/Campaigns/2026 Spring',
    tag: 'spring 2026',
    year: 2026,
    posts: [
      [['First of', 'the orchard'], 'Taste it now'],
      [['Blossom', 'week'], 'Visit us'],
      [['Good morning,', 'spring'], 'Order today'],
      [['New: less', 'sugar'], 'Learn more'],
    ],
  },
  {
    folder: '/Campaigns/2025 Harvest',
    tag: 'harvest 2025',
    year: 2025,
    posts: [
      [['Picked', 'at dawn'], 'See how'],
      [['The plum', 'has landed'], 'Shop now'],
      [['Harvest', 'festival'], 'Join in'],
    ],
  },
  {
    folder: '/Campaigns/2024 Winter Table',
    tag: 'winter 2024',
    year: 2024,
    posts: [
      [['Summer', 'in a glass'], 'Give a jar'],
      [['Twelve days,', 'twelve jars'], 'Gift boxes'],
    ],
  },
];

export const LICENCES = [
  'All rights with Plumfield',
  'Press use with credit',
  'CC BY 4.0',
  'Licensed until 2027-12-31, Europe only',
] as const;

import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import { leaf } from './demo.fruit.ts';
import type { Random } from './demo.random.ts';
import { at, circle, ellipse, group, line, n, path, rect, type Sheet, sheet } from './demo.svg.ts';

const SKIN = ['#f6d3b8', '#eebf9a', '#d9a074', '#b97a4f', '#8d5a3a', '#6b412b'] as const;
const HAIR = ['#2b1d1a', '#4a2f22', '#7a4a2b', '#b5793e', '#d9b06a', '#8f8a88', '#c9c3bd', '#a33f24'] as const;
const GROUND = [
  ['#f4c9a4', '#ec9f78'],
  ['#b9d3c2', '#7fae97'],
  ['#c7b7d9', '#9c7fb8'],
  ['#f3d98f', '#e2b04f'],
  ['#a9c9d8', '#6f9fb8'],
  ['#eeb4b8', '#d67d8d'],
] as const;
const CLOTH = [BRAND.plum, BRAND.forest, '#3f5f86', BRAND.raspberry, '#e0a03f', '#f5efe4', '#4a4a55', '#7d9b6a'] as const;

/** Somebody of the house, drawn flat in a square of 600 units. */
export function portrait(chance: Random, width: number, height: number): string {
  const page = sheet(width, height);
  const scale = Math.min(width / 520, height / 600);
  const [soft, strong] = chance.pick(GROUND);
  page.add(
    rect(
      0,
      0,
      width,
      height,
      page.linear(
        [
          [0, lighter(soft, 0.25)],
          [1, soft],
        ],
        'diagonal',
      ),
    ),
  );
  page.add(
    circle(
      width / 2,
      height * 0.46,
      Math.min(width, height) * 0.42,
      page.linear([
        [0, mix(soft, strong, 0.5)],
        [1, strong],
      ]),
    ),
  );
  for (let sprig = 0; sprig < 5; sprig += 1) {
    const side = sprig % 2 === 0 ? 0.08 : 0.92;
    page.add(
      leaf(
        width * side + chance.between(-20, 20),
        height * chance.between(0.08, 0.9),
        90 * scale,
        chance.between(0, 360),
        mix(strong, BRAND.leaf, 0.4),
      ),
    );
  }
  const look = {
    skin: chance.pick(SKIN),
    hair: chance.pick(HAIR),
    cloth: chance.pick(CLOTH),
    style: chance.int(0, 6),
    beard: chance.chance(0.28),
    glasses: chance.chance(0.3),
    apron: chance.chance(0.45),
  };
  if (look.style === 0 || look.style === 3 || look.style === 5) look.beard = false;
  page.add(group(at(width / 2, height - 600 * scale, chance.between(-1.5, 1.5), scale), ...person(page, chance, look)));
  return page.svg('Portrait of a colleague');
}

interface Look {
  readonly skin: string;
  readonly hair: string;
  readonly cloth: string;
  readonly style: number;
  readonly beard: boolean;
  readonly glasses: boolean;
  readonly apron: boolean;
}

function person(page: Sheet, chance: Random, look: Look): string[] {
  const { skin, hair, cloth } = look;
  const shade = darker(skin, 0.16);
  const parts: string[] = [];
  parts.push(backHair(page, look));
  const body = 'M-205 610C-205 505 -165 462 -70 440L0 462L70 440C165 462 205 505 205 610Z';
  parts.push(
    path(
      body,
      page.linear([
        [0, lighter(cloth, 0.14)],
        [1, darker(cloth, 0.22)],
      ]),
    ),
  );
  parts.push(
    path('M-52 360H52V444Q0 492 -52 444Z', shade),
    path('M-52 372Q0 430 52 372V360H-52Z', darker(skin, 0.26), 'fill-opacity="0.55"'),
  );
  if (look.apron) {
    const linen = mix(BRAND.cream, cloth, 0.12);
    parts.push(
      path('M-92 520Q0 545 92 520L112 610H-112Z', linen),
      line('M-92 520L-62 446M92 520L62 446', linen, 17),
      circle(0, 572, 9, BRAND.plum),
    );
  } else parts.push(path('M-70 440L0 505L-22 560L-92 462ZM70 440L0 505L22 560L92 462Z', lighter(cloth, 0.24)));
  parts.push(ellipse(-107, 290, 18, 27, shade), ellipse(107, 290, 18, 27, shade));
  const face = 'M-106 262C-106 160 106 160 106 262C106 352 62 412 0 412C-62 412 -106 352 -106 262Z';
  parts.push(
    path(
      face,
      page.radial(
        [
          [0, lighter(skin, 0.14)],
          [0.8, skin],
          [1, shade],
        ],
        [0.42, 0.4],
        0.7,
      ),
    ),
  );
  parts.push(
    ellipse(-62, 318, 25, 17, BRAND.raspberry, 'fill-opacity="0.17"'),
    ellipse(62, 318, 25, 17, BRAND.raspberry, 'fill-opacity="0.17"'),
  );
  const eye = (x: number) => ellipse(x, 278, 8.5, 10.5, '#2a1d22') + circle(x + 3, 274, 3, '#fff');
  parts.push(eye(-43), eye(43));
  const brow = darker(hair, 0.25);
  const lift = chance.between(-4, 5);
  parts.push(
    line(
      `M-62 ${n(252 - lift)}Q-44 ${n(240 - lift)} -25 ${n(249 - lift)}M62 ${n(252 - lift)}Q44 ${n(240 - lift)} 25 ${n(249 - lift)}`,
      brow,
      7,
    ),
  );
  parts.push(line('M-3 284Q-14 318 2 322', darker(skin, 0.3), 4.5));
  if (look.beard)
    parts.push(
      path(
        'M-104 286C-102 376 -58 428 0 428C58 428 102 376 104 286C92 322 74 336 42 336Q0 322 -42 336C-74 336 -92 322 -104 286Z',
        page.linear([
          [0, hair],
          [1, darker(hair, 0.2)],
        ]),
      ),
    );
  const grin = chance.chance(0.55);
  parts.push(
    grin
      ? path('M-34 348Q0 362 34 348Q24 384 0 384Q-24 384 -34 348Z', '#7a2b34') +
          path('M-30 350Q0 362 30 350L27 358Q0 368 -27 358Z', '#ffffff')
      : line('M-27 354Q0 374 29 351', look.beard ? '#7a3b3b' : darker(skin, 0.45), 5.5),
  );
  parts.push(frontHair(page, look));
  if (look.glasses)
    parts.push(
      line(
        'M-72 280A29 27 0 1 0 -14 280A29 27 0 1 0 -72 280M14 280A29 27 0 1 0 72 280A29 27 0 1 0 14 280M-14 277Q0 270 14 277M-72 275L-104 268M72 275L104 268',
        '#3a2b33',
        5,
      ),
    );
  return parts;
}

function backHair(page: Sheet, { hair, style }: Look): string {
  const fill = page.linear([
    [0, hair],
    [1, darker(hair, 0.35)],
  ]);
  if (style === 0)
    return path('M-122 250C-140 130 140 130 122 250C132 370 150 420 158 470C90 500 -90 500 -158 470C-150 420 -132 370 -122 250Z', fill);
  if (style === 3) return path('M-124 260C-142 140 142 140 124 260C134 330 134 380 118 412H-118C-134 380 -134 330 -124 260Z', fill);
  if (style === 5) return circle(0, 128, 58, fill);
  return '';
}

function frontHair(page: Sheet, { hair, style, cloth }: Look): string {
  const fill = page.linear([
    [0, lighter(hair, 0.16)],
    [1, hair],
  ]);
  switch (style) {
    case 0:
      return path('M-116 286C-124 140 -40 138 10 168C60 142 126 160 116 286C106 226 72 208 12 206C-44 206 -98 222 -116 286Z', fill);
    case 1:
      return path(
        'M-113 266C-134 138 -70 112 -10 120C60 96 138 132 113 266C105 234 97 220 84 212C36 222 -36 214 -66 194C-94 212 -106 234 -113 266Z',
        fill,
      );
    case 2: {
      const curls = [
        [-100, 222, 40],
        [-76, 176, 46],
        [-26, 154, 50],
        [30, 154, 50],
        [78, 176, 46],
        [102, 222, 40],
        [0, 178, 46],
      ] as const;
      return curls.map(([x, y, r]) => circle(x, y, r, fill)).join('');
    }
    case 3:
      return path('M-116 300C-130 130 130 130 116 300C108 260 104 240 98 226H-98C-104 240 -108 260 -116 300Z', fill);
    case 4:
      return path(
        'M-113 268C-132 168 -92 118 -6 122C34 104 132 130 113 268C106 238 98 216 84 204C40 206 0 196 -34 178C-58 204 -98 220 -113 268Z',
        fill,
      );
    case 5:
      return path('M-112 272C-126 136 126 136 112 272C100 214 60 196 0 196C-60 196 -100 214 -112 272Z', fill);
    default: {
      const hat = cloth === '#f5efe4' ? BRAND.forest : mix(cloth, '#d9b783', 0.6);
      return (
        path('M-108 250C-108 238 -104 226 -98 216H98C104 226 108 238 108 250Q0 226 -108 250Z', fill) +
        ellipse(0, 216, 168, 27, darker(hat, 0.18)) +
        path(
          'M-100 214C-100 118 100 118 100 214Q0 232 -100 214Z',
          page.linear([
            [0, lighter(hat, 0.2)],
            [1, hat],
          ]),
        ) +
        path('M-101 196Q0 216 101 196V214Q0 234 -101 214Z', darker(hat, 0.4))
      );
    }
  }
}

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { violations } from './support/axe.ts';
import { assetOf, openRoom, PHONE, type Room, WIDE } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

const groundOf = (page: Page): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

interface Screen {
  readonly name: string;
  readonly path: string;
  readonly signedIn?: boolean;
  /** Only where there is room for it. */
  readonly wide?: boolean;
  ready(page: Page): Promise<unknown>;
}

describe('accessibility of every screen (axe)', function () {
  this.timeout(240_000);
  let room: Room;
  let published: string;

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { api } = room.server;
    const ids: string[] = [];
    for (const spec of FIRST_FOLDER.slice(0, 3)) {
      const { body } = await upload(api, spec.path.split('/').at(-1) ?? '', await drawPhoto({ ...spec, width: 600, height: 400 }), {
        folder: '/Brand/Summer',
        tags: 'summer,press',
      });
      ids.push(body['id']);
    }
    const notes = await upload(api, 'notes.bin', Buffer.from('nothing to see here'));
    const trashed = await upload(api, 'old.txt', Buffer.from('old'));
    for (const id of [...ids, notes.body['id'], trashed.body['id']]) await settled(api, id);
    await api(`/api/v1/assets/${trashed.body['id']}`, { method: 'DELETE' });
    published = ids[0] ?? '';
    await api(`/api/v1/assets/${published}/publish`, { method: 'POST' });
  });

  after(() => room?.close());

  const tile = (page: Page) => assetOf(page, 'mountain-lake.jpg').locator('img[data-loaded]').waitFor();
  const heading = (name: string) => (page: Page) => page.getByRole('heading', { name, level: 1 }).waitFor();
  const screens: Screen[] = [
    { name: 'sign in', path: '/sign-in', signedIn: false, ready: (page) => page.getByLabel('E-mail').waitFor() },
    { name: 'library', path: '/', ready: tile },
    { name: 'library as list', path: '/?view=list', ready: tile },
    {
      name: 'a selection',
      path: '/',
      wide: true,
      ready: async (page) => {
        await tile(page);
        await assetOf(page, 'harbour-at-dawn.jpg').click();
        await page.getByRole('region', { name: 'Actions for the selection' }).waitFor();
        await page.getByRole('complementary').getByLabel('Title').waitFor();
      },
    },
    { name: 'no result', path: '/?q=zzzzzzzz&kind=image', ready: (page) => page.getByRole('heading', { name: 'Nothing found' }).waitFor() },
    { name: 'details', path: '/assets/:id', ready: (page) => page.getByLabel('File name').waitFor() },
    { name: 'delivery', path: '/assets/:id?tab=delivery', ready: (page) => page.getByText(/^800 × 533 · /).waitFor() },
    { name: 'focal point', path: '/assets/:id?tab=framing', ready: (page) => page.getByText('As delivered').waitFor() },
    {
      name: 'crop',
      path: '/assets/:id?tab=framing',
      ready: async (page) => {
        await page.getByText('Crop', { exact: true }).last().click();
        await page.getByRole('button', { name: /^Crop, / }).waitFor();
      },
    },
    { name: 'file', path: '/assets/:id?tab=file', ready: (page) => page.getByText('SHA-256').waitFor() },
    {
      name: 'playground',
      path: '/assets/:id/transform?tr=w-300,h-200,fo-custom,e-sharpen,l-text,i-Hello,fs-30,l-end,l-image,i-old.png,l-end',
      ready: (page) => page.getByRole('alert').waitFor(),
    },
    {
      name: 'playground with a result',
      path: '/assets/:id/transform?tr=w-300,zz-1',
      ready: (page) => page.getByText('300 × 200').waitFor(),
    },
    { name: 'trash', path: '/trash', ready: (page) => assetOf(page, 'old.txt').waitFor() },
    { name: 'people', path: '/admin/people', ready: heading('People') },
    { name: 'API keys', path: '/admin/api-keys', ready: heading('API keys') },
    { name: 'delivery settings', path: '/admin/delivery', ready: heading('Delivery') },
    { name: 'workspace', path: '/admin/workspace', ready: heading('Workspace') },
    { name: 'profile', path: '/profile', ready: heading('Profile and settings') },
    {
      name: 'shortcuts',
      path: '/',
      ready: async (page) => {
        await tile(page);
        await page.keyboard.press('Shift+?');
        await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      },
    },
    {
      name: 'upload dialog',
      path: '/',
      ready: async (page) => {
        await tile(page);
        await page.keyboard.press('u');
        await page.getByRole('dialog', { name: 'Upload files' }).getByLabel('Tag them with').waitFor();
      },
    },
    { name: 'not found', path: '/nowhere', ready: (page) => page.getByRole('heading', { name: 'Not found' }).waitFor() },
  ];

  for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    it(`${size}: all ${screens.length} screens, light and dark`, async () => {
      const found: string[] = [];
      for (const signedIn of [true, false]) {
        const { page, context, problems } = await room.visit({ viewport, scheme: 'light', signedIn });
        for (const screen of screens.filter((one) => (one.signedIn ?? true) === signedIn && (viewport === WIDE || !one.wide))) {
          await page.emulateMedia({ colorScheme: 'light' });
          await page.goto(room.server.url + screen.path.replace(':id', published));
          await screen.ready(page);
          found.push(...(await violations(page)).map((line) => `${screen.name}, light: ${line}`));
          const light = await groundOf(page);
          await page.emulateMedia({ colorScheme: 'dark' });
          await until(`the dark look of ${screen.name}`, async () => (await groundOf(page)) !== light);
          found.push(...(await violations(page)).map((line) => `${screen.name}, dark: ${line}`));
        }
        found.push(...problems);
        await context.close();
      }
      expect(found, found.join('\n')).to.deep.equal([]);
    });
  }
});

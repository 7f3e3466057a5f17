import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { settled, upload } from '../support/harness.ts';
import { caller } from '../support/people.ts';
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
  this.timeout(300_000);
  let room: Room;
  let published: string;
  /** Ids that stand in addresses, by the name they have there. */
  const ids: Record<string, string> = {};

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { api } = room.server;
    const pictures: string[] = [];
    for (const spec of FIRST_FOLDER.slice(0, 3)) {
      const { body } = await upload(api, spec.path.split('/').at(-1) ?? '', await drawPhoto({ ...spec, width: 600, height: 400 }), {
        folder: '/Brand/Summer',
        tags: 'summer,press',
      });
      pictures.push(body['id']);
    }
    const notes = await upload(api, 'notes.bin', Buffer.from('nothing to see here'));
    const trashed = await upload(api, 'old.txt', Buffer.from('old'));
    for (const id of [...pictures, notes.body['id'], trashed.body['id']]) await settled(api, id);
    await api(`/api/v1/assets/${trashed.body['id']}`, { method: 'DELETE' });
    published = pictures[0] ?? '';
    ids['id'] = published;
    await api(`/api/v1/assets/${published}/publish`, { method: 'POST' });
    const call = caller(room.server, await room.server.signIn());
    const { userId } = await room.server.as('viewer');
    const group = (await call('POST', '/groups', { name: 'Press' })).body['id'];
    await call('PUT', `/groups/${group}/members/${userId}`);
    await call('POST', '/roles', { key: 'press', name: 'Press office', verbs: ['list', 'read', 'publish'] });
    const folder = (await call('GET', '/folders?parent=/Brand')).body['items'][0].id;
    const until = '2090-01-01T00:00:00Z';
    await call('POST', `/folders/${folder}/grants`, { principal: { kind: 'group', id: group }, preset: 'editor', until });
    await call('POST', `/folders/${folder}/grants`, { principal: { kind: 'user', id: userId }, verbs: ['publish'], effect: 'deny' });
    Object.assign(ids, { group, folder, person: userId });
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
    {
      name: 'why',
      path: '/admin/people?why=:person&folder=/Brand/Summer&verb=publish',
      ready: (page) => page.getByText('decides').waitFor(),
    },
    { name: 'groups', path: '/admin/people/groups', ready: (page) => page.getByRole('cell', { name: '1 person' }).waitFor() },
    {
      name: 'a group',
      path: '/admin/people/groups?group=:group',
      ready: (page) => page.getByText('person1@example.com').first().waitFor(),
    },
    { name: 'roles', path: '/admin/people/roles', ready: (page) => page.getByText('Press office').waitFor() },
    { name: 'folder access', path: '/?access=:folder', ready: (page) => page.getByRole('region', { name: 'By role' }).waitFor() },
    {
      name: 'sharing a folder',
      path: '/?access=:folder',
      ready: async (page) => {
        await page.getByRole('button', { name: 'Share or deny' }).click();
        await page.getByLabel('Choose one by one').check();
      },
    },
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
          await page.goto(room.server.url + screen.path.replace(/:([a-z]+)/, (_, name: string) => ids[name] ?? ''));
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

import { expect } from 'chai';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { assetOf, openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

/** So low that a dozen tiles do not fit. */
const LOW = { width: 1200, height: 460 };
const COUNT = 14;

describe('leaving and coming back in the library', function () {
  this.timeout(180_000);
  let room: Room;
  let visit: Visit;
  const names = Array.from({ length: COUNT }, (_, index) => `photo-${String(index + 1).padStart(2, '0')}.jpg`);
  const last = names.at(-1) ?? '';

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { api } = room.server;
    const photo = await drawPhoto({ ...FIRST_FOLDER[0]!, width: 240, height: 160 });
    const ids: string[] = [];
    for (const name of names) ids.push((await upload(api, name, photo, { folder: '/Alpha' })).body['id']);
    ids.push((await upload(api, 'harbour.jpg', photo, { folder: '/Beta' })).body['id']);
    for (const id of ids) await settled(api, id);
  });
  beforeEach(async () => {
    visit = await room.visit({ viewport: LOW });
  });
  afterEach(async () => {
    expect(visit.problems).to.deep.equal([]);
    await visit.context.close();
  });
  after(() => room?.close());

  const at = (path: string) => visit.page.goto(room.server.url + path);
  const query = () => new URL(visit.page.url()).searchParams.get('q');
  const box = () => visit.page.getByRole('searchbox', { name: 'Search assets' });
  const bar = () => visit.page.getByRole('region', { name: 'Actions for the selection' });
  const folder = (name: string) => visit.page.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name });

  async function search(word: string): Promise<void> {
    await visit.page.keyboard.press('/');
    await box().fill(word);
    await until(`${word} in the address`, () => query() === word);
  }

  it('lets go of a search when a link leads elsewhere', async () => {
    const { page } = visit;
    await at('/?view=squares');
    await assetOf(page, names[0] ?? '').waitFor();
    await search('harbour');
    await until('one result', async () => (await page.locator('[data-asset]').count()) === 1);
    await page.getByRole('link', { name: 'Trash' }).click();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    expect(await box().inputValue()).to.equal('');
    await folder('Beta').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Library' }).first().click();
    await assetOf(page, 'harbour.jpg').waitFor();
    expect(query()).to.equal(null);
    expect(new URL(page.url()).searchParams.get('view'), 'the layout stays').to.equal('squares');
  });

  it('follows the back button across a change of the words', async () => {
    const { page } = visit;
    await at('/?sort=name');
    await assetOf(page, names[0] ?? '').waitFor();
    await search('harbour');
    await until('one result', async () => (await page.locator('[data-asset]').count()) === 1);
    // The search field still has the focus.
    await page.goBack();
    await assetOf(page, names[0] ?? '').waitFor();
    expect(query()).to.equal(null);
    expect(await box().inputValue()).to.equal('');
    await page.goForward();
    await until('the words again', async () => (await box().inputValue()) === 'harbour' && query() === 'harbour');
    await box().fill('photo-03');
    await assetOf(page, 'photo-03.jpg').waitFor();
    await until('the newer words', () => query() === 'photo-03');
  });

  for (const view of ['squares', 'list']) {
    it(`comes back from an asset to where it stood (${view})`, async () => {
      const { page } = visit;
      await at(`/?folder=/Alpha&sort=name&view=${view}`);
      await assetOf(page, names[0] ?? '').click();
      await page.keyboard.press('End');
      const tile = assetOf(page, last);
      await until('the last', async () => (await tile.getAttribute('aria-selected')) === 'true');
      const top = () => page.locator('[data-scroll]').evaluate((element) => element.scrollTop);
      await until('it has scrolled', async () => (await top()) > 100);
      const before = await top();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: last }).waitFor();
      await page.keyboard.press('Escape');
      await until('the last is selected', async () => (await tile.getAttribute('aria-selected')) === 'true');
      await until('the place it had', async () => Math.abs((await top()) - before) < 2);
      await until('the keyboard is there', () => tile.evaluate((element) => element === document.activeElement));
      await page.keyboard.press('Home');
      await until('the first', async () => (await assetOf(page, names[0] ?? '').getAttribute('aria-selected')) === 'true');
    });
  }

  it('shows an asset that was reached by going on in detail', async () => {
    const { page } = visit;
    await at('/?folder=/Alpha&sort=name&view=squares');
    await assetOf(page, names[0] ?? '').dblclick();
    for (const [index, name] of names.entries()) {
      if (index > 0) await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await page.keyboard.press('Escape');
    await until('it is in the window', () =>
      assetOf(page, last).evaluate((tile) => {
        const frame = tile.closest('[data-scroll]')?.getBoundingClientRect();
        const own = tile.getBoundingClientRect();
        return frame !== undefined && own.top >= frame.top - 1 && own.top < frame.bottom;
      }),
    );
  });

  it('opens a folder and filters by a tag whose names hold commas and quotes', async () => {
    const { page } = visit;
    const name = 'Berlin, 12" vinyl';
    const { body } = await upload(room.server.api, 'record.txt', Buffer.from('a record'), { folder: `/${name}` });
    await settled(room.server.api, body['id']);
    const asset = `/api/v1/assets/${body['id']}`;
    await until('the tag', async () => {
      const { rowVersion } = (await (await room.server.api(asset)).json()) as { rowVersion: number };
      const response = await room.server.api(asset, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json', 'If-Match': `"${rowVersion}"` },
        body: JSON.stringify({ tags: [name] }),
      });
      return response.ok;
    });
    await at('/');
    await folder(name).click();
    await assetOf(page, 'record.txt').waitFor();
    await until('nothing else', async () => (await page.locator('[data-asset]').count()) === 1);
    await at('/');
    await page.getByRole('region', { name: 'Filters' }).getByLabel(name).check();
    await until('what has the tag', async () => (await page.locator('[data-asset]').count()) === 1);
    await assetOf(page, 'record.txt').waitFor();
  });

  it('begins another folder without a selection', async () => {
    const { page } = visit;
    await at('/?folder=/Alpha&sort=name');
    await assetOf(page, names[0] ?? '').waitFor();
    await page.keyboard.press('Control+a');
    await bar().getByText(`${COUNT} selected`).waitFor();
    await folder('Beta').click();
    await assetOf(page, 'harbour.jpg').waitFor();
    await bar().waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.getAll('sel')).to.deep.equal([]);
    await folder('Alpha').click();
    await assetOf(page, names[0] ?? '').waitFor();
    expect(await page.locator('[data-asset][aria-selected=true]').count()).to.equal(0);
  });

  it('selects no more what was moved or dragged out of the folder', async () => {
    const { page } = visit;
    await at('/?folder=/Alpha&sort=name&view=squares');
    await assetOf(page, names[0] ?? '').click();
    await page.keyboard.press('Shift+ArrowRight');
    await bar().getByText('2 selected').waitFor();
    await page.keyboard.press('m');
    const dialog = page.getByRole('dialog', { name: 'Move 2 assets' });
    await dialog.getByLabel('Folder', { exact: true }).fill('/Beta');
    await page.getByRole('option', { name: '/Beta' }).click();
    await dialog.getByRole('button', { name: 'Move 2 assets' }).click();
    await assetOf(page, names[0] ?? '').waitFor({ state: 'detached' });
    await bar().waitFor({ state: 'detached' });
    await assetOf(page, names[3] ?? '').click();
    await bar().getByText('1 selected').waitFor();
    await assetOf(page, names[3] ?? '').dragTo(folder('Beta'));
    await assetOf(page, names[3] ?? '').waitFor({ state: 'detached' });
    await bar().waitFor({ state: 'detached' });
    await folder('Beta').click();
    await until('all that went there', async () => (await page.locator('[data-asset]').count()) === 4);
    await bar().waitFor({ state: 'detached' });
  });
});

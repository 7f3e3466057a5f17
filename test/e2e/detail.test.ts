import { expect } from 'chai';
import { eventually, settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { assetOf, openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

const NAMES = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'];

describe('one asset after another', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;
  const ids = new Map<string, string>();

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const photo = await drawPhoto({ ...FIRST_FOLDER[0]!, width: 1200, height: 800 });
    for (const name of NAMES) ids.set(name, (await upload(room.server.api, name, photo)).body['id']);
    for (const id of ids.values()) await settled(room.server.api, id);
    visit = await room.visit();
    await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: room.server.url });
  });
  after(() => room?.close());

  const heading = (name: string) => visit.page.getByRole('heading', { level: 1, name }).waitFor();
  const publish = (name: string, body: Record<string, unknown>) =>
    room.server.api(`/api/v1/assets/${ids.get(name)}/publish`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const publication = async (name: string) => {
    const asset = (await (await room.server.api(`/api/v1/assets/${ids.get(name)}`)).json()) as {
      published: { now: boolean; releaseOriginal: boolean };
    };
    return asset.published;
  };

  it('copies with S the address that was built, on every asset', async () => {
    const { page } = visit;
    await page.goto(`${room.server.url}/assets/${ids.get('a.jpg')}?sort=name&tab=delivery`);
    await page.getByText('Square 1080').click();
    const shown = () => page.getByTestId('delivery-url').textContent();
    await until('the address of the square', async () => (await shown())?.includes('tr:w-1080,h-1080') ?? false);
    await page.getByRole('tab', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Next asset' }).click();
    await heading('b.jpg');
    await page.keyboard.press('s');
    await page.getByText('Copied. Publish to use this address.').first().waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).to.include('tr:w-1080,h-1080').and.to.include('b.jpg');
    await page.getByRole('tab', { name: 'Delivery' }).click();
    expect(await shown()).to.equal(copied);
  });

  it('says from when a scheduled asset is public, and asks nobody to publish it', async () => {
    const { page } = visit;
    await publish('c.jpg', { from: '2099-01-02T10:00:00.000Z' });
    await page.goto(`${room.server.url}/assets/${ids.get('c.jpg')}?tab=delivery`);
    await page.getByText(/^Public from .*2099/).waitFor();
    expect(await page.getByText('Publish to use this address').count()).to.equal(0);
  });

  it('publishes several without taking back what was released', async () => {
    const { page } = visit;
    await publish('a.jpg', { releaseOriginal: true });
    await page.goto(`${room.server.url}/?sort=name&view=list`);
    // A ticked box keeps the focus; the letters go on working.
    await page.getByRole('checkbox', { name: 'Select a.jpg' }).click();
    await page.getByRole('checkbox', { name: 'Select b.jpg' }).click();
    await page.getByRole('checkbox', { name: 'Select c.jpg' }).click();
    await page.keyboard.press('p');
    const dialog = page.getByRole('dialog', { name: 'Publish 3 assets?' });
    await dialog.getByText('1 of them has a time window of its own and keeps it.').waitFor();
    await dialog.getByRole('button', { name: 'Publish 3 assets' }).click();
    await eventually(async () => (await publication('b.jpg')).now);
    expect((await publication('b.jpg')).releaseOriginal).to.equal(false);
    expect((await publication('a.jpg')).releaseOriginal).to.equal(true);
    await page.getByRole('button', { name: /^Activity/ }).click();
    await page.getByRole('dialog').getByText('3 assets published').waitFor();
    await page.keyboard.press('Escape');
  });

  it('goes on to the next after deleting, and through the trash in its own order', async () => {
    const { page } = visit;
    await page.goto(`${room.server.url}/?sort=name`);
    await assetOf(page, 'a.jpg').dblclick();
    for (const [name, next] of [
      ['a.jpg', 'b.jpg'],
      ['b.jpg', 'c.jpg'],
    ] as const) {
      await heading(name);
      await page.keyboard.press('Delete');
      await page.getByRole('dialog').getByRole('button', { name: 'Trash 1 asset' }).click();
      await heading(next);
      await eventually(async () => (await (await room.server.api(`/api/v1/assets/${ids.get(name)}`)).text()).includes('"deletedAt":"'));
    }
    await page.keyboard.press('Escape');
    await assetOf(page, 'd.jpg').waitFor();
    await until('two are left', async () => (await page.locator('[data-asset]').count()) === 2);
    await page.getByRole('link', { name: 'Trash' }).click();
    await assetOf(page, 'a.jpg').waitFor();
    expect(await page.getByRole('combobox', { name: 'Sort' }).inputValue()).to.equal('Last deleted first');
    expect(await page.locator('[data-asset]').first().innerText()).to.include('b.jpg');
    await assetOf(page, 'b.jpg').dblclick();
    await heading('b.jpg');
    await page.getByText('1 of 2').waitFor();
    await page.keyboard.press('ArrowRight');
    await heading('a.jpg');
    await page.keyboard.press('Escape');
    await until('the trash again', () => new URL(page.url()).pathname === '/trash');
    await page.getByText('List', { exact: true }).locator('..').click();
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').count()).to.equal(0);
    expect(visit.problems).to.deep.equal([]);
  });
});

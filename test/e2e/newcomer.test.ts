import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { assetOf, openRoom, type Room, signInByForm, type Visit } from './support/browser.ts';
import { FIRST_FOLDER, writePhotos } from './support/photos.ts';

describe('the newcomer’s story in a browser', function () {
  this.timeout(240_000);
  let room: Room;
  let photos: string;
  let visit: Visit;
  let address: string;

  before(async function () {
    requireTool(this, 'chromium');
    photos = join(await mkdtemp(join(tmpdir(), 'damson-photos-')), 'Brand');
    await writePhotos(photos);
    room = await openRoom();
    visit = await room.visit({ signedIn: false });
  });

  after(async () => {
    await room?.close();
    if (photos) await rm(join(photos, '..'), { recursive: true, force: true });
  });

  it('asks to sign in and comes back to where one wanted to go', async () => {
    const { page } = visit;
    await page.goto(`${room.server.url}/?view=squares`);
    await signInByForm(page);
    await page.waitForURL('**/?view=squares');
    await page.goto(room.server.url);
    await page.getByRole('heading', { name: 'Drop your first files here' }).waitFor();
  });

  it('takes a folder with its structure and shows previews without a reload', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByTestId('pick-folder').setInputFiles(photos);
    await page.getByText(`${FIRST_FOLDER.length} files uploaded`).waitFor();
    for (const { path } of FIRST_FOLDER) {
      const name = path.split('/').at(-1) ?? '';
      await assetOf(page, name).locator('img[data-loaded]').waitFor();
    }
    await page.getByText(`${FIRST_FOLDER.length} assets`).first().waitFor();
    const folders = page.getByRole('navigation', { name: 'Folders' });
    await folders.getByRole('button', { name: 'Open Brand' }).click();
    expect(await folders.getByRole('link', { name: /Summer|Press/ }).count()).to.equal(2);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('finds one by a misspelt word', async () => {
    const { page } = visit;
    await page.keyboard.press('/');
    await page.keyboard.type('moutain');
    await page.getByText('Showing results for').waitFor();
    await assetOf(page, 'mountain-lake.jpg').waitFor();
    await until('one result', async () => (await page.locator('[data-asset]').count()) === 1);
    expect(page.url()).to.include('q=moutain');
    await page.getByRole('button', { name: 'Clear search' }).click();
    await until('all of them again', async () => (await page.locator('[data-asset]').count()) === FIRST_FOLDER.length);
  });

  it('narrows by camera with exact counts, in the address and with a chip to take it away', async () => {
    const { page } = visit;
    const filters = page.getByRole('region', { name: 'Filters' });
    await filters.getByLabel(/Canon EOS 20D/).check();
    await until('two photos of that camera', async () => (await page.locator('[data-asset]').count()) === 2);
    expect(new URL(page.url()).searchParams.get('camera')).to.equal('Canon EOS 20D');
    await page.goBack();
    await until('all of them again', async () => (await page.locator('[data-asset]').count()) === FIRST_FOLDER.length);
    await page.goForward();
    await page.getByRole('button', { name: 'Remove filter Camera: Canon EOS 20D' }).click();
    await until('all of them once more', async () => (await page.locator('[data-asset]').count()) === FIRST_FOLDER.length);
  });

  it('shows metadata and edits tags, which are then a filter', async () => {
    const { page } = visit;
    await assetOf(page, 'mountain-lake.jpg').dblclick();
    await page.getByRole('heading', { name: 'mountain-lake.jpg', level: 1 }).waitFor();
    await page.getByText('1,800 × 1,200').waitFor();
    await page.getByText('NIKON D70').first().waitFor();
    await page.getByRole('combobox', { name: 'Tags' }).fill('hiking');
    await page.keyboard.press('Enter');
    await page.getByLabel('Title').fill('Mountain lake in July');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Mountain lake in July', level: 1 }).waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await until('the tag and title to be stored', async () => {
      const asset = (await (await room.server.api(`/api/v1/assets/${id}`)).json()) as { tags: string[]; title: string };
      return asset.tags.includes('hiking') && asset.title === 'Mountain lake in July';
    });
    await page.keyboard.press('Escape');
    await page
      .getByRole('region', { name: 'Filters' })
      .getByLabel(/hiking/)
      .waitFor();
  });

  it('publishes, and the copied address of an 800 px version works for anybody', async () => {
    const { page, context } = visit;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: room.server.url });
    await assetOf(page, 'Mountain lake in July').dblclick();
    await page.getByRole('tab', { name: 'Delivery' }).click();
    const panel = page.getByRole('tabpanel', { name: 'Delivery' });
    address = (await panel.getByTestId('delivery-url').textContent()) ?? '';
    expect((await fetch(address)).status, 'private until published').to.equal(404);
    await panel.getByRole('button', { name: 'Publish', exact: true }).click();
    await panel.getByText(/^800 × 533 · /).waitFor();
    for (const format of ['AVIF', 'WebP']) {
      await panel.getByText(format, { exact: true }).first().click();
      await panel.getByText(new RegExp(`^800 × 533 · .* · ${format}`)).waitFor();
      await panel.getByRole('button', { name: 'Copy address' }).click();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).to.include(`f-${format.toLowerCase()}`);
      // No cookie, no key: what a visitor of somebody's page gets.
      const response = await fetch(copied);
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal(`image/${format.toLowerCase()}`);
      const picture = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
      expect([picture.width, picture.height]).to.deep.equal([800, 533]);
    }
  });

  it('had no script errors and broke no content rule on the way', () => {
    expect(visit.problems).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { assetOf, openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

describe('the library by keyboard', function () {
  this.timeout(180_000);
  let room: Room;
  let visit: Visit;
  const names = FIRST_FOLDER.map(({ path }) => path.split('/').at(-1) ?? '');

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { api } = room.server;
    for (const [index, spec] of FIRST_FOLDER.entries()) {
      const { body } = await upload(api, names[index] ?? '', await drawPhoto({ ...spec, width: 480, height: 320 }));
      await settled(api, body['id']);
    }
    visit = await room.visit();
    await visit.page.goto(`${room.server.url}/?sort=name`);
    await until('all tiles', async () => (await visit.page.locator('[data-asset]').count()) === names.length);
  });
  after(() => room?.close());

  const selected = () => visit.page.locator('[data-asset][aria-selected=true]').count();
  const sorted = [...names].sort();

  it('walks with arrows, extends with Shift, adds with X, clears with Escape', async () => {
    const { page } = visit;
    await page.keyboard.press('ArrowRight');
    await until('the first', async () => (await assetOf(page, sorted[0] ?? '').getAttribute('aria-selected')) === 'true');
    await page.keyboard.press('ArrowRight');
    expect(await assetOf(page, sorted[1] ?? '').getAttribute('aria-selected')).to.equal('true');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await selected()).to.equal(3);
    await page.keyboard.press('x');
    expect(await selected()).to.equal(2);
    await page.keyboard.press('Control+a');
    expect(await selected()).to.equal(names.length);
    await page.keyboard.press('Escape');
    expect(await selected()).to.equal(0);
  });

  it('keeps the selection in the address', async () => {
    const { page } = visit;
    await page.keyboard.press('ArrowLeft');
    await until('the id in the address', () => new URL(page.url()).searchParams.getAll('sel').length === 1);
    await page.reload();
    await until('it is selected again', async () => (await selected()) === 1);
    await page.keyboard.press('Escape');
  });

  it('looks with Space, opens with Enter, goes on with arrows, comes back with Escape', async () => {
    const { page } = visit;
    await page.keyboard.press('Home');
    await assetOf(page, sorted[0] ?? '').click();
    await page.keyboard.press('Space');
    await page
      .getByRole('dialog')
      .getByText(sorted[0] ?? '')
      .waitFor();
    await page.keyboard.press('ArrowRight');
    await page
      .getByRole('dialog')
      .getByText(sorted[1] ?? '')
      .waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: sorted[1] }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { level: 1, name: sorted[2] }).waitFor();
    await page.keyboard.press('Escape');
    await until(
      'the list with what was looked at',
      async () => (await assetOf(page, sorted[2] ?? '').getAttribute('aria-selected')) === 'true',
    );
  });

  it('tags a selection as a job with a toast and takes it back', async () => {
    const { page } = visit;
    await page.keyboard.press('Control+a');
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog', { name: `Tag ${names.length} assets` });
    await dialog.getByRole('combobox', { name: 'Add tags' }).fill('season');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: `Change tags of ${names.length} assets` }).click();
    await page.getByText(`${names.length} assets tagged`).first().waitFor();
    const facet = page.getByRole('region', { name: 'Filters' }).getByLabel(/season/);
    await facet.waitFor();
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await facet.waitFor({ state: 'detached' });
  });

  it('moves to the trash after asking and restores from there', async () => {
    const { page } = visit;
    await page.keyboard.press('Escape');
    await assetOf(page, sorted[0] ?? '').click();
    await page.keyboard.press('Delete');
    await page.getByRole('dialog', { name: 'Move 1 asset to the trash?' }).getByRole('button', { name: 'Trash 1 asset' }).click();
    await assetOf(page, sorted[0] ?? '').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Trash' }).click();
    await assetOf(page, sorted[0] ?? '').click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    await page.getByRole('link', { name: 'Library' }).first().click();
    await assetOf(page, sorted[0] ?? '').waitFor();
    expect(visit.problems).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import sharp from 'sharp';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

describe('delivery settings in the app', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { body } = await upload(room.server.api, 'lake.jpg', await drawPhoto({ ...FIRST_FOLDER[0]!, width: 320, height: 200 }), {
      publish: 'true',
    });
    await settled(room.server.api, body['id']);
    visit = await room.visit();
    await visit.page.goto(`${room.server.url}/admin/delivery`);
  });
  after(() => room?.close());

  const dialog = () => visit.page.getByRole('dialog');
  const sizeOf = async (tr: string) => {
    const answer = await fetch(`${room.server.url}/cdn/lake.jpg?tr=${tr}`);
    if (!answer.ok) return answer.status;
    const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    return `${width}x${height}`;
  };

  it('gives a transformation a name, says what is wrong with one, changes it and takes it away', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'New name' }).click();
    await dialog().getByLabel('Name').fill('card');
    await dialog().getByLabel('Transformation').fill('w-1oo');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByRole('alert').waitFor();
    expect(await dialog().getByRole('alert').innerText()).to.contain('w-1oo');
    await dialog().getByLabel('Transformation').fill('w-100');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().waitFor({ state: 'hidden' });
    await page.getByRole('cell', { name: 'w-100' }).waitFor();
    expect(await sizeOf('n-card')).to.equal('100x63');
    await page.getByRole('button', { name: 'Change card' }).click();
    await dialog().getByLabel('Transformation').fill('w-80,h-80');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'w-80,h-80' }).waitFor();
    expect(await sizeOf('n-card')).to.equal('80x80');
    await page.getByRole('button', { name: 'Take away card' }).click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'No names yet' }).waitFor();
    expect(await sizeOf('n-card')).to.equal(400);
  });

  it('says what of the metadata goes with pictures, for the workspace and for a name', async () => {
    const { page } = visit;
    const workspace = page.getByRole('region', { name: 'Metadata' }).getByLabel('Metadata kept');
    await until('the setting being shown', async () => (await workspace.inputValue()) === 'rights');
    await workspace.selectOption('strip');
    const kept = async () =>
      (await room.server.container.database.sql.query<{ metadata: string }>({}, 'select metadata from delivery_setting'))[0]?.metadata;
    await until('the setting being kept', async () => (await kept()) === 'strip');
    await page.getByRole('button', { name: 'New name' }).click();
    await dialog().getByLabel('Name').fill('press');
    await dialog().getByLabel('Transformation').fill('w-90');
    await dialog().getByLabel('Metadata kept').selectOption('all');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Change press' }).click();
    expect(await dialog().getByLabel('Metadata kept').inputValue(), 'kept when something else is changed').to.equal('all');
    await dialog().getByLabel('Transformation').fill('w-70');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'w-70' }).waitFor();
    const named = await room.server.container.database.sql.query<{ metadata: string }>({}, 'select metadata from named_transformation');
    expect(named).to.deep.equal([{ metadata: 'all' }]);
  });

  it('makes a signing key, shows its secret once, retires and revokes it', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'New signing key' }).click();
    await dialog().getByLabel('What is it for?').fill('shop');
    await dialog().getByRole('button', { name: 'Create' }).click();
    const secret = await page.getByTestId('new-signing-key').innerText();
    expect(secret).to.match(/^private_[\w-]{32}$/);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    expect(await page.content()).not.to.contain(secret);
    const stored = async () =>
      (await room.server.container.database.sql.query<{ state: string }>({}, 'select state from signing_key')).map(({ state }) => state);
    await page.getByLabel('State of shop').selectOption('verify_only');
    await until('the state being kept', async () => (await stored())[0] === 'verify_only');
    await page.getByRole('button', { name: 'Revoke shop' }).click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'No signing keys' }).waitFor();
    expect(await stored()).to.deep.equal(['revoked']);
  });
});

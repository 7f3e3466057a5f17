import { expect } from 'chai';
import sharp from 'sharp';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { openRoom, PHONE, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

describe('the playground for transformations', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;
  let id: string;

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const photo = await drawPhoto({ ...FIRST_FOLDER[0]!, width: 900, height: 600 });
    const { body } = await upload(room.server.api, 'lake.jpg', photo);
    id = body['id'];
    await settled(room.server.api, id);
    visit = await room.visit();
    await visit.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit.page.goto(`${room.server.url}/assets/${id}?tab=delivery`);
    await visit.page.getByRole('link', { name: 'Try transformations' }).click();
    await text().waitFor();
  });
  after(() => room?.close());

  const text = () => visit.page.getByLabel('Transformation', { exact: true });
  const field = (name: string) => visit.page.getByLabel(name, { exact: true });
  const facts = () => visit.page.getByRole('region', { name: 'What came' });
  const says = (value: string) => until(`the address saying ${value}`, async () => (await text().inputValue()) === value);
  const came = (size: string) => facts().getByText(size).waitFor();
  /** What the browser shows as the result, in px. */
  const shown = () =>
    visit.page
      .getByRole('img', { name: 'lake.jpg, transformed' })
      .evaluate((image) => `${(image as HTMLImageElement).naturalWidth}x${(image as HTMLImageElement).naturalHeight}`);

  it('shows a private picture to whoever may see it, and what came of it', async () => {
    await says('w-800');
    await came('800 × 533');
    await until('the picture', async () => (await shown()) === '800x533');
    expect(await facts().innerText())
      .to.match(/smaller than the original/)
      .and.to.match(/900 × 600/)
      .and.to.match(/private, max-age/)
      .and.to.match(/\d ms/);
    expect((await fetch(`${room.server.url}/cdn/lake.jpg?tr=w-800`)).status, 'to nobody else').to.equal(404);
    await visit.page.getByText('Only you see this result').waitFor();
  });

  it('writes what the form says into the address, and reads the address into the form', async () => {
    const { page } = visit;
    await field('Width').fill('400');
    await field('Height').fill('400');
    await says('w-400,h-400');
    await came('400 × 400');
    await until('the address of the page', () => new URL(page.url()).searchParams.get('tr') === 'w-400,h-400');
    await text().fill('w-300,h-200,cm-pad_resize,zz-top,e-grayscale:l-text,i-Hello%20you,fs-30,l-end:f-png');
    await came('300 × 200');
    await facts().getByText('PNG').waitFor();
    expect(await field('Width').inputValue()).to.equal('300');
    expect(await page.getByRole('combobox', { name: 'Fit' }).inputValue()).to.equal('Pad');
    expect(await page.getByRole('combobox', { name: 'Format' }).inputValue()).to.equal('PNG');
    await facts().getByText('Not known, and ignored: zz').waitFor();
    await page.getByText('Look', { exact: true }).click();
    expect(await page.getByRole('switch', { name: 'Greyscale' }).isChecked()).to.equal(true);
    await page.getByText('Text on top').click();
    expect(await field('Text').inputValue()).to.equal('Hello you');
    await field('Width').fill('150');
    await page.getByRole('switch', { name: 'Greyscale' }).click();
    await field('Letters (px)').fill('20');
    await says('w-150,h-200,cm-pad_resize,zz-top:l-text,i-Hello%20you,fs-20,l-end:f-png');
    await came('150 × 200');
    await page.reload();
    await says('w-150,h-200,cm-pad_resize,zz-top:l-text,i-Hello%20you,fs-20,l-end:f-png');
  });

  it('gives no code with the size of an earlier text', async () => {
    const { page } = visit;
    const copy = page.getByRole('button', { name: 'Copy code' });
    let open = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    await page.route('**/cdn/**w-77*', async (route) => {
      await held;
      await route.continue();
    });
    await text().fill('w-77');
    await until('no code to copy', () => copy.isDisabled());
    expect(await page.locator('pre').innerText())
      .to.contain('w-77')
      .and.not.match(/ width="/);
    expect(await facts().getAttribute('aria-busy')).to.equal('true');
    open();
    await came('77 × 51');
    await until('code again', () => copy.isEnabled());
    expect(await page.locator('pre').innerText()).to.contain('width="77" height="51"');
    await page.unroute('**/cdn/**w-77*');
  });

  it('understands a whole address that is pasted', async () => {
    await text().fill(`${room.server.url}/cdn/tr:w-120,rt-90/any/where.jpg?v=2&tr=e-sharpen`);
    await says('w-120,rt-90:e-sharpen');
    await came('80 × 120');
  });

  it('says what delivery has against a value, and is back when it is mended', async () => {
    await text().fill('w-400,q-6oo');
    const alert = visit.page.getByRole('alert');
    await alert.getByText('A value cannot be used').waitFor();
    expect(await alert.innerText())
      .to.contain('q-6oo')
      .and.to.contain('EPARAM');
    await text().fill('w-90000');
    await alert.getByText('That is over a limit').waitFor();
    expect(await alert.innerText())
      .to.contain('90000')
      .and.to.contain('16384');
    await text().fill('w-400,l-image,i-nowhere.png,l-end');
    await alert.getByText('A picture on top was not found').waitFor();
    await text().fill('w-400,q-60');
    await came('400 × 267');
    expect(await alert.count()).to.equal(0);
  });

  it('moves the line between before and after by keys', async () => {
    const line = visit.page.getByRole('slider', { name: 'Line between original and result' });
    await line.focus();
    for (let i = 0; i < 10; i++) await visit.page.keyboard.press('ArrowRight');
    expect(await line.inputValue()).to.equal('60');
    const clip = () =>
      visit.page.getByRole('img', { name: 'lake.jpg, transformed' }).evaluate((image) => (image as HTMLElement).style.clipPath);
    expect(await clip()).to.contain('0.6');
    await visit.page.keyboard.press('Home');
    await until('all of the result', async () => (await line.inputValue()) === '0');
  });

  it('copies address and code that work once the asset is public', async () => {
    const { page } = visit;
    expect((await room.server.api(`/api/v1/assets/${id}/publish`, { method: 'POST' })).status).to.equal(200);
    await page.getByText('Only you see this result').waitFor({ state: 'detached' });
    await facts().getByText('public, max-age=60').waitFor();
    await room.server.container.delivery.noteUsage();
    const { items } = (await (await room.server.api(`/api/v1/assets/${id}/deliveries?days=1`)).json()) as { items: { requests: number }[] };
    expect(items[0]?.requests, 'what an editor looks at is no delivery').to.equal(0);
    await page.getByRole('button', { name: 'Copy address' }).click();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    expect(new URL(address).search).to.equal('?tr=w-400,q-60');
    const { width } = await sharp(Buffer.from(await (await fetch(address)).arrayBuffer())).metadata();
    expect(width).to.equal(400);
    await page.getByRole('button', { name: 'Copy code' }).click();
    const code = await page.evaluate(() => navigator.clipboard.readText());
    const [first = '', wide = ''] = /srcset="\s*(\S+) (\d+)w/.exec(code)?.slice(1) ?? [];
    const other = await sharp(Buffer.from(await (await fetch(first)).arrayBuffer())).metadata();
    expect(other.width).to.equal(Number(wide));
  });

  it('saves it under a name', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'Save under a name' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Transformation').inputValue()).to.equal('w-400,q-60');
    await dialog.getByLabel('Name').fill('teaser');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Saved. Addresses with n-teaser get it.').waitFor();
    await text().fill('n-teaser');
    await came('400 × 267');
    const response = await fetch(`${room.server.url}/cdn/lake.jpg?tr=n-teaser`);
    expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).width).to.equal(400);
    expect(visit.problems).to.deep.equal([]);
  });

  it('shows the picture also when what everybody gets cannot be asked', async () => {
    const { page } = visit;
    await page.route('**/cdn/**w-55*', (route) => (route.request().method() === 'HEAD' ? route.abort() : route.continue()));
    await text().fill('w-55');
    await came('55 × 37');
    await facts()
      .getByText(/private, max-age/)
      .waitFor();
    await page.unroute('**/cdn/**w-55*');
  });

  it('leads back to the asset, in the list it was opened from', async () => {
    const { page } = visit;
    await page.goto(`${room.server.url}/assets/${id}?tab=delivery&sort=name`);
    await page.getByRole('link', { name: 'Try transformations' }).click();
    await field('Width').fill('222');
    await until('the address of the page', () => new URL(page.url()).searchParams.get('tr')?.includes('w-222') === true);
    await page.getByRole('link', { name: 'Back to the asset' }).click();
    await page.getByRole('tab', { name: 'Delivery', selected: true }).waitFor();
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('sort'), searchParams.get('tr')]).to.deep.equal(['name', null]);
  });

  it('keeps the picture in sight on a phone, in German', async () => {
    const { page, context, problems } = await room.visit({ viewport: PHONE, locale: 'de-DE' });
    await page.goto(`${room.server.url}/assets/${id}/transform?tr=w-200`);
    await page.getByText('200 × 133').waitFor();
    await page.getByText('Bild darauf', { exact: true }).scrollIntoViewIfNeeded();
    const picture = await page.getByTestId('compare').boundingBox();
    expect(picture && picture.y >= 0 && picture.y < 200, 'at the top of the screen').to.equal(true);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, 'nothing stands out at the side').to.be.at.most(PHONE.width);
    expect(problems).to.deep.equal([]);
    await context.close();
  });
});

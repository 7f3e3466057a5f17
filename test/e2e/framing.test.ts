import { expect } from 'chai';
import { near, pictureOf, QUADRANTS, quadrants } from '../support/fixtures/pixels.ts';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { openRoom, PHONE, type Room, type Visit } from './support/browser.ts';

interface Framing {
  readonly focalPoint: { x: number; y: number } | null;
  readonly customCoordinates: string | null;
  readonly rowVersion: number;
}

/** The picture has four coloured quarters, 400 x 300. */
describe('focal point and crop in the app', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;
  let id: string;

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { body } = await upload(room.server.api, 'quarters.png', await quadrants(), { publish: 'true' });
    id = body['id'];
    await settled(room.server.api, id);
    visit = await room.visit();
    await visit.page.goto(`${room.server.url}/assets/${id}`);
    await visit.page.getByRole('tab', { name: 'Crop' }).click();
    await picture().waitFor();
  });
  after(() => room?.close());

  const picture = (from = visit) => from.page.getByTestId('framing-picture');
  const point = () => visit.page.getByRole('button', { name: /^Focal point,/ });
  const crop = () => visit.page.getByRole('button', { name: /^Crop, \d/ });
  const button = (name: string) => visit.page.getByRole('button', { name, exact: true });
  const stored = async () => (await (await room.server.api(`/api/v1/assets/${id}`)).json()) as Framing;
  /** Presses the mouse at one place of the picture and lets it go at another; fractions. */
  async function drag(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const { mouse } = visit.page;
    const box = await picture().boundingBox();
    if (!box) throw new Error('the picture is not shown');
    const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await mouse.move(...at(from));
    await mouse.down();
    await mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
    await mouse.move(...at(to));
    await mouse.up();
  }
  /** Colour of the middle of what delivery gives. */
  async function colour(tr: string): Promise<readonly number[]> {
    const response = await fetch(`${room.server.url}/cdn/quarters.png?tr=${tr},f-png`);
    const { width, height, at } = await pictureOf(Buffer.from(await response.arrayBuffer()));
    return at(width / 2, height / 2);
  }

  it('puts the focal point where one clicks, moves it by keys, and takes steps back', async () => {
    expect(await button('Undo').isDisabled()).to.equal(true);
    await drag([0.2, 0.2], [0.9, 0.25]);
    await until('the point under the mouse', async () =>
      /90\s?% from the left, 25\s?% from the top/.test((await point().getAttribute('aria-label')) ?? ''),
    );
    await point().focus();
    await visit.page.keyboard.press('ArrowLeft');
    await visit.page.keyboard.press('Shift+ArrowDown');
    await until('the point moved by keys', async () =>
      /89\s?% from the left, 35\s?% from the top/.test((await point().getAttribute('aria-label')) ?? ''),
    );
    expect(new URL(visit.page.url()).pathname, 'arrow keys do not leave the asset').to.equal(`/assets/${id}`);
    await button('Undo').click();
    await until('a step back', async () => /90\s?% from/.test((await point().getAttribute('aria-label')) ?? ''));
    await visit.page.getByText('Not saved yet.').waitFor();
    await button('Save').click();
    await visit.page.getByText('As delivered').waitFor();
    const { focalPoint } = await stored();
    expect(focalPoint?.x).to.be.closeTo(0.9, 0.01);
    await until(
      'the cut to follow',
      async () =>
        near(await colour('w-50,h-300,fo-custom'), QUADRANTS.topRight) ||
        near(await colour('w-20,h-20,cm-extract,fo-custom'), QUADRANTS.topRight),
    );
  });

  it('crops by handles, ratio and numbers, and pages get that', async () => {
    const { page } = visit;
    await page.getByText('Crop', { exact: true }).last().click();
    await crop().waitFor();
    await drag([1, 1], [0.5, 0.5]);
    await until('a crop of a quarter', async () => (await crop().getAttribute('aria-label'))?.startsWith('Crop, 200 × 150 px'));
    await drag([0.25, 0.25], [0.25, 0.75]);
    await page.getByText('1:1', { exact: true }).first().click();
    await until('a square', async () => (await crop().getAttribute('aria-label'))?.startsWith('Crop, 300 × 300 px'));
    await button('Undo').click();
    await until('the crop as it was', async () =>
      (await crop().getAttribute('aria-label'))?.startsWith('Crop, 200 × 150 px, 0 px from the left, 150'),
    );
    await page.getByLabel('Width').fill('100');
    await button('Save').click();
    await until('the crop being kept', async () => (await stored()).customCoordinates === '0,150,100,150');
    await until('the cut to follow', async () => near(await colour('w-100,fo-custom'), QUADRANTS.bottomLeft));
    const real = page.getByRole('img', { name: 'Cut to 1:1' });
    await until('what delivery made', async () => ((await real.getAttribute('src')) ?? '').includes('fo-custom'));
    await until('the picture to be there', () => real.evaluate((image) => (image as HTMLImageElement).naturalWidth === 240));
  });

  it('says when somebody else was faster, and lets the person decide', async () => {
    const { page } = visit;
    // The page must not hear of it before it saves.
    await page.route('**/api/v1/stream', (route) => route.abort());
    await page.reload();
    await picture().waitFor();
    await drag([0.5, 0.5], [0.1, 0.1]);
    const { rowVersion } = await stored();
    const theirs = await room.server.api(`/api/v1/assets/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${rowVersion}"` },
      body: JSON.stringify({ focalPoint: { x: 0.5, y: 0.5 } }),
    });
    expect(theirs.status).to.equal(200);
    await button('Save').click();
    await page.getByRole('alert').getByText('Somebody else marked something in the meantime.').waitFor();
    expect((await stored()).focalPoint).to.deep.equal({ x: 0.5, y: 0.5 });
    await button('Save').click();
    await until('mine', async () => Math.abs(((await stored()).focalPoint?.x ?? 1) - 0.1) < 0.01);
    await page.unroute('**/api/v1/stream');
  });

  it('keeps what is not saved while one looks at another tab or at the list', async () => {
    const { page } = visit;
    await drag([0.5, 0.5], [0.3, 0.7]);
    await until('the point', async () => (await point().getAttribute('aria-label'))?.startsWith('Focal point, 30'));
    await page.getByRole('tab', { name: 'File' }).click();
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.locator('[data-asset]').filter({ hasText: 'quarters.png' }).dblclick();
    await page.getByRole('tab', { name: 'Crop' }).click();
    await until('the point again', async () => (await point().getAttribute('aria-label'))?.startsWith('Focal point, 30'));
    await page.getByText('Not saved yet.').waitFor();
  });

  it('resets, and is not offered to those who may not edit', async () => {
    await button('Reset').click();
    await button('Save').click();
    await until('nothing marked', async () => {
      const { focalPoint, customCoordinates } = await stored();
      return focalPoint === null && customCoordinates === null;
    });
    await visit.page.getByText('Nothing marked: cuts keep the middle.').waitFor();
    const viewer = await room.server.as('viewer');
    const members = (await room.server.container.identity.members.list(room.server.ctx)).items;
    const email = members.find(({ userId }) => userId === viewer.userId)?.email ?? '';
    const guest = await room.visit({ signedIn: false });
    const [name = '', ...value] = (await room.server.signIn(email, 'a-long-enough-password')).split('=');
    await guest.context.addCookies([{ name, value: value.join('='), url: room.server.url }]);
    await guest.page.goto(`${room.server.url}/assets/${id}?tab=framing`);
    await guest.page.getByRole('tab', { name: 'Details', selected: true }).waitFor();
    expect(await guest.page.getByRole('tab', { name: 'Crop' }).count()).to.equal(0);
    await guest.context.close();
    expect(visit.problems).to.deep.equal([]);
  });

  it('works on a phone in German', async () => {
    const phone = await room.visit({ viewport: PHONE, locale: 'de-DE' });
    await phone.page.goto(`${room.server.url}/assets/${id}?tab=framing`);
    await picture(phone).waitFor();
    await picture(phone).click({ position: { x: 10, y: 10 } });
    await phone.page.getByRole('button', { name: /^Fokuspunkt, \d/ }).waitFor();
    await phone.page.getByRole('button', { name: 'Speichern' }).click();
    await until('the point being kept', async () => ((await stored()).focalPoint?.x ?? 1) < 0.2);
    expect(phone.problems).to.deep.equal([]);
    await phone.context.close();
  });
});

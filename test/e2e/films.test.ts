import { expect } from 'chai';
import { quarterFilm } from '../support/fixtures/films.ts';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { openRoom, type Room, type Visit } from './support/browser.ts';

/** Delivery tab and playground of a film: its stills are shown and built, and looking at them makes no film. */

describe('the addresses of a film', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;
  let id: string;

  before(async function () {
    requireTool(this, 'chromium');
    requireTool(this, 'ffmpeg');
    room = await openRoom();
    const { body } = await upload(room.server.api, 'tour.mp4', quarterFilm({ width: 640, height: 360, seconds: 3 }), { publish: 'true' });
    id = String(body['id']);
    await settled(room.server.api, id);
    visit = await room.visit();
  });
  after(() => room?.close());

  const films = async () =>
    (await room.server.container.database.sql.query<{ n: string }>({}, 'select count(*) as n from film')).map(({ n }) => Number(n))[0];
  const size = (name: string) =>
    visit.page
      .getByRole('img', { name, exact: true })
      .evaluate((image) => `${(image as HTMLImageElement).naturalWidth}x${(image as HTMLImageElement).naturalHeight}`);

  it('are built from its still in the Delivery tab', async () => {
    const { page, problems } = visit;
    await page.goto(`${room.server.url}/assets/${id}?tab=delivery`);
    await until('the still', async () => (await size('Live preview')) === '800x450');
    await page.getByText('800 × 450 · ').waitFor();
    await page.getByLabel('Width', { exact: true }).fill('320');
    await until('a smaller one', async () => (await size('Live preview')) === '320x180');
    expect(await page.getByTestId('delivery-url').innerText()).to.equal(`${room.server.url}/cdn/tr:w-320/tour.mp4/ik-thumbnail.jpg`);
    expect(await page.getByTestId('film-url').innerText()).to.equal(`${room.server.url}/cdn/tour.mp4`);
    const code = page.locator('pre');
    expect(await code.innerText())
      .to.contain(`src="${room.server.url}/cdn/tour.mp4"`)
      .and.contain('ik-thumbnail.jpg');
    await page.getByText('<img srcset>').click();
    expect(await code.innerText()).not.to.match(/cdn\/tour\.mp4[ "]/);
    expect(await films(), 'nothing was put into the queue').to.equal(0);
    expect(problems).to.deep.equal([]);
  });

  it('are tried in the playground', async () => {
    const { page, problems } = visit;
    await page.getByRole('link', { name: 'Try transformations' }).click();
    const text = page.getByLabel('Transformation', { exact: true });
    await text.fill('w-200,so-1');
    await until('the still of that second', async () => (await size('tour.mp4, transformed')) === '200x113');
    await text.fill('w-200,vc-h264');
    await page.getByRole('alert').getByText('A value cannot be used').waitFor();
    expect(await films()).to.equal(0);
    expect(problems).to.deep.equal([]);
  });

  it('wait for what is still being made, and ask again', async () => {
    const { page } = visit;
    let answers = 0;
    await page.route('**/cdn/**w-123**', async (route) => {
      answers += 1;
      if (answers > 2) await route.continue();
      else await route.fulfill({ status: 202, headers: { 'retry-after': '1' } });
    });
    await page.getByLabel('Transformation', { exact: true }).fill('w-123');
    await page.getByText('The file is still being prepared').waitFor();
    await until('the still', async () => (await size('tour.mp4, transformed')) === '123x69');
    answers = 0;
    await page.goto(`${room.server.url}/assets/${id}?tab=delivery`);
    await page.getByLabel('Width', { exact: true }).fill('123');
    await page.getByText('It is still being made').waitFor();
    await until('the still', async () => (await size('Live preview')) === '123x69');
    expect(visit.problems).to.deep.equal([]);
  });
});

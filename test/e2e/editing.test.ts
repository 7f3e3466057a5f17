import { expect } from 'chai';
import { settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

interface Texts {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly tags: string[];
  readonly rowVersion: number;
}

describe('editing an asset while others do', function () {
  this.timeout(120_000);
  let room: Room;
  let visit: Visit;
  let id: string;

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { api } = room.server;
    const { body } = await upload(api, 'lake.jpg', await drawPhoto({ ...FIRST_FOLDER[0]!, width: 320, height: 200 }));
    id = body['id'];
    await settled(api, id);
    visit = await room.visit();
    await visit.page.goto(`${room.server.url}/assets/${id}`);
    await title().waitFor();
  });
  after(() => room?.close());

  const title = () => visit.page.getByLabel('Title', { exact: true });
  const stored = async () => (await (await room.server.api(`/api/v1/assets/${id}`)).json()) as Texts;
  const alert = () => visit.page.getByRole('complementary').getByRole('alert');

  /** What somebody else does at this moment. */
  async function others(patch: Record<string, unknown>): Promise<void> {
    // The page may be saving at the same moment: a real client reads again, too.
    await until('the change of somebody else', async () => {
      const { rowVersion } = await stored();
      const response = await room.server.api(`/api/v1/assets/${id}`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json', 'If-Match': `"${rowVersion}"` },
        body: JSON.stringify(patch),
      });
      expect([200, 412]).to.include(response.status);
      return response.status === 200;
    });
  }

  it('leaves a text alone in which nobody wrote', async () => {
    const { page } = visit;
    await title().focus();
    await others({ title: 'Theirs' });
    await page.getByRole('heading', { level: 1, name: 'Theirs' }).waitFor();
    await page.getByLabel('Description').focus();
    await until('their title in the field', async () => (await title().inputValue()) === 'Theirs');
    expect((await stored()).title).to.equal('Theirs');
  });

  it('keeps both texts when two wrote in the same field, and lets the person decide', async () => {
    const { page } = visit;
    await title().fill('Mine');
    await others({ title: 'Theirs again' });
    await title().press('Enter');
    await alert().getByText('Somebody changed this to “Theirs again” in the meantime.').waitFor();
    expect(await title().inputValue()).to.equal('Mine');
    expect((await stored()).title).to.equal('Theirs again');
    await page.getByRole('button', { name: 'Use mine' }).click();
    await alert().waitFor({ state: 'detached' });
    await until('mine', async () => (await stored()).title === 'Mine');
  });

  it('saves two fields in a row, and beside what others changed elsewhere', async () => {
    const { page } = visit;
    await title().fill('Lake');
    await page.getByLabel('Description').fill('Before the storm');
    await others({ addTags: ['theirs'] });
    const tags = page.getByRole('combobox', { name: 'Tags' });
    await tags.fill('mine');
    await page.keyboard.press('Enter');
    await until('all of it', async () => {
      const asset = await stored();
      return asset.title === 'Lake' && asset.description === 'Before the storm' && asset.tags.toSorted().join() === 'mine,theirs';
    });
    expect(await alert().count()).to.equal(0);
  });

  it('follows the others again after the stream of events was refused', async () => {
    const { page } = visit;
    let refused = 0;
    // As a proxy answers while the server is being updated: browsers give up on such a stream.
    await page.route('**/api/v1/stream', (route) =>
      refused++ === 0 ? route.fulfill({ status: 502, body: 'Bad gateway' }) : route.continue(),
    );
    const stream = page.waitForResponse((response) => response.url().endsWith('/stream') && response.status() === 200);
    await page.reload();
    await stream;
    await others({ title: 'While nobody looked' });
    await page.getByRole('heading', { level: 1, name: 'While nobody looked' }).waitFor();
    expect(refused).to.be.greaterThan(1);
    await page.unroute('**/api/v1/stream');
  });

  it('shows why a file name was refused, keeps it, and sends it again', async () => {
    const { page } = visit;
    const name = page.getByLabel('File name');
    await page.route(`**/api/v1/assets/${id}`, async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      await route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Taken', status: 409, code: 'name_taken', detail: 'There is a pond.jpg here already.' }),
      });
    });
    await name.fill('pond.jpg');
    await name.press('Enter');
    await alert().getByText('There is a pond.jpg here already. Your text is kept here.').waitFor();
    expect(await name.inputValue()).to.equal('pond.jpg');
    await page.unroute(`**/api/v1/assets/${id}`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await until('the new name', async () => (await stored()).name === 'pond.jpg');
    await alert().waitFor({ state: 'detached' });
    expect(visit.problems).to.deep.equal([]);
  });
});

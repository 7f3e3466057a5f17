import { expect } from 'chai';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { assetOf, openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

const BIG_BYTES = 40 * 1024 * 1024;

/** So slow that a person could press pause: bytes per second. */
const SLOW = 6 * 1024 * 1024;

describe('uploading in a browser', function () {
  this.timeout(180_000);
  let room: Room;
  let visit: Visit;
  let photo: Buffer;
  let folder: string;

  before(async function () {
    requireTool(this, 'chromium');
    photo = await drawPhoto({ ...FIRST_FOLDER[0]!, width: 640, height: 420 });
    folder = await mkdtemp(join(tmpdir(), 'damson-upload-'));
    room = await openRoom();
  });
  beforeEach(async () => {
    visit = await room.visit();
    await visit.page.goto(room.server.url);
    await visit.page.getByRole('button', { name: 'Upload', exact: true }).waitFor();
  });
  afterEach(() => visit?.context.close());
  after(async () => {
    await room?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const tray = () => visit.page.getByRole('region', { name: 'Uploads' });

  async function slowDown(bytesPerSecond: number): Promise<void> {
    const session = await visit.context.newCDPSession(visit.page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytesPerSecond,
    });
  }

  async function pick(files: string | { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    await visit.page.getByRole('button', { name: 'Upload', exact: true }).click();
    await visit.page.getByTestId('pick-files').setInputFiles(files);
  }

  /** What a drag over the window carries. */
  const carrying = (name: string) =>
    visit.page.evaluateHandle(
      ({ base64, name }) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, { type: 'image/jpeg' }));
        return data;
      },
      { base64: photo.toString('base64'), name },
    );

  it('pauses, resumes and ends with the same bytes', async () => {
    const { page } = visit;
    const bytes = randomFillSync(Buffer.alloc(BIG_BYTES));
    // By path: so many bytes would take long over the debugger's connection.
    const file = join(folder, 'big.bin');
    await writeFile(file, bytes);
    await slowDown(SLOW);
    await pick(file);
    const bar = tray().getByRole('progressbar', { name: 'big.bin' });
    await until('some bytes on their way', async () => Number(await bar.getAttribute('aria-valuenow')) > 5);
    await tray().getByRole('button', { name: 'Pause big.bin' }).click();
    await tray()
      .getByText(/^Paused · /)
      .waitFor();
    await slowDown(-1);
    await tray().getByRole('button', { name: 'Resume big.bin' }).click();
    await page.getByText('1 file uploaded').waitFor();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await eventually(async () => {
      const { items } = (await (await room.server.api('/api/v1/assets')).json()) as { items: { id: string; name: string }[] };
      const found = items.find(({ name }) => name === 'big.bin');
      return found && ((await (await room.server.api(`/api/v1/assets/${found.id}`)).json()) as { sha256: string }).sha256 === sha256;
    });
  });

  it('takes files dropped on the window into the open folder, with the tags chosen before', async () => {
    const { page } = visit;
    await room.server.api('/api/v1/folders', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ path: '/Drops' }),
    });
    await page.goto(`${room.server.url}/?folder=/Drops`);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByRole('combobox', { name: 'Tag them with' }).fill('dropped');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    const transfer = await carrying('dropped.jpg');
    await page.dispatchEvent('#content', 'dragenter', { dataTransfer: transfer });
    await page.getByText('Drop to upload to /Drops').waitFor();
    await page.dispatchEvent('#content', 'drop', { dataTransfer: transfer });
    await assetOf(page, 'dropped.jpg').locator('img[data-loaded]').waitFor();
    const { items } = (await (await room.server.api('/api/v1/assets?folder=/Drops')).json()) as {
      items: { name: string; folder: string; tags: string[] }[];
    };
    expect(items.map(({ name, folder, tags }) => ({ name, folder, tags }))).to.deep.equal([
      { name: 'dropped.jpg', folder: '/Drops', tags: ['dropped'] },
    ]);
  });

  it('holds to the folder of the dialog for what is dropped while it is open, and skips what is there already', async () => {
    const { page } = visit;
    const names = async () => {
      const { items } = (await (await room.server.api('/api/v1/assets?folder=/Elsewhere')).json()) as { items: { name: string }[] };
      return items.map(({ name }) => name).join();
    };
    for (const name of ['first.jpg', 'twin.jpg']) {
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Upload files' });
      await dialog.getByLabel('Put them into').fill('/Elsewhere');
      await dialog.getByRole('combobox', { name: 'If a file is here already' }).click();
      await page.getByRole('option', { name: name === 'twin.jpg' ? 'Skip it' : 'Keep both' }).click();
      const transfer = await carrying(name);
      await page.dispatchEvent('#content', 'dragenter', { dataTransfer: transfer });
      await page.getByText('Drop to upload to /Elsewhere').waitFor();
      await page.dispatchEvent('#content', 'drop', { dataTransfer: transfer });
      await dialog.waitFor({ state: 'detached' });
      await tray().getByRole('link', { name }).waitFor();
    }
    await page.getByText('2 files uploaded').waitFor();
    expect(await names()).to.equal('first.jpg');
  });

  it('says why a file was refused and goes on with the others', async () => {
    const { page } = visit;
    await page.route('**/api/v1/uploads', async (route) => {
      const meta = route.request().headers()['upload-metadata'] ?? '';
      if (!meta.includes(Buffer.from('refused.jpg').toString('base64'))) return route.continue();
      await route.fulfill({
        status: 413,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Too large', status: 413, code: 'quota_exceeded', detail: 'The workspace is full.' }),
      });
    });
    await pick([
      { name: 'refused.jpg', mimeType: 'image/jpeg', buffer: photo },
      { name: 'fine.jpg', mimeType: 'image/jpeg', buffer: photo },
    ]);
    await tray().getByText('The workspace is full.').waitFor();
    await tray().getByText('fine.jpg').waitFor();
    await page.unroute('**/api/v1/uploads');
    await tray().getByRole('button', { name: 'Retry refused.jpg' }).click();
    await page.getByText('2 files uploaded').waitFor();
  });
});

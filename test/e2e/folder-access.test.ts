import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { PASSWORD, settled, upload } from '../support/harness.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { assetOf, openRoom, type Room, type Visit } from './support/browser.ts';
import { drawPhoto, FIRST_FOLDER } from './support/photos.ts';

describe('who may see what, in the app', function () {
  this.timeout(120_000);
  let room: Room;
  let page: Page;
  /** A vendor guest, who sees what is shared with them, and a viewer, who sees everything. */
  let guest: { email: string };
  let viewer: Awaited<ReturnType<Room['server']['as']>>;

  before(async function () {
    requireTool(this, 'chromium');
    room = await openRoom();
    const { server } = room;
    for (const [index, folder] of ['/Agency', '/House'].entries()) {
      const picture = await drawPhoto({ ...FIRST_FOLDER[index]!, width: 320, height: 200 });
      const { body } = await upload(server.api, `${folder.slice(1).toLowerCase()}.jpg`, picture, { folder });
      await settled(server.api, body['id']);
    }
    guest = await server.as('vendor');
    viewer = await server.as('viewer');
    ({ page } = await room.visit());
  });
  after(() => room?.close());

  const dialog = () => page.getByRole('dialog');
  const option = (name: RegExp) => page.getByRole('option', { name });

  async function visitOf({ email }: { email: string }): Promise<Visit> {
    const visit = await room.visit({ signedIn: false });
    const [name = '', ...value] = (await room.server.signIn(email, PASSWORD)).split('=');
    await visit.context.addCookies([{ name, value: value.join('='), url: room.server.url }]);
    await visit.page.goto(room.server.url);
    return visit;
  }

  /** Files and folders that somebody finds in the library. */
  async function seenBy(who: { email: string }, file: string): Promise<{ other: boolean; folders: string }> {
    const visit = await visitOf(who);
    await assetOf(visit.page, file).waitFor();
    const other = file === 'agency.jpg' ? 'house.jpg' : 'agency.jpg';
    const tree = visit.page.getByRole('navigation', { name: 'Folders' });
    await tree.getByRole('link').nth(1).waitFor();
    const seen = { other: await assetOf(visit.page, other).isVisible(), folders: (await tree.getByRole('link').allInnerTexts()).join() };
    expect(visit.problems).to.deep.equal([]);
    await visit.context.close();
    return seen;
  }

  async function openAccess(folder: string): Promise<void> {
    await page.goto(room.server.url);
    // By keyboard, as somebody without a mouse.
    await page.getByRole('button', { name: `Actions for folder ${folder}` }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Who may see this' }).press('Enter');
    await page.getByRole('dialog', { name: `Who may see “${folder}”` }).waitFor();
  }

  it('gives a folder to a group, whose member sees that and nothing else', async () => {
    await page.goto(`${room.server.url}/admin/people/groups`);
    await page.getByRole('button', { name: 'New group' }).click();
    await dialog().getByLabel('Name').fill('Partners');
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Add a person').fill(guest.email);
    await option(/Person 1/).click();
    await dialog().getByRole('button', { name: 'Take Person 1 out of the group' }).waitFor();

    await openAccess('Agency');
    expect(page.url()).to.contain('access=');
    await dialog().getByRole('button', { name: 'Share or deny' }).click();
    await dialog().getByLabel('Person or group').fill('partn');
    await option(/Partners/).click();
    await dialog().getByRole('button', { name: 'Share', exact: true }).click();
    const line = dialog().getByRole('region', { name: 'Shared here' }).getByRole('listitem').filter({ hasText: 'Partners' });
    await line.waitFor();
    expect(await line.innerText()).to.contain('Viewer');
    expect(await seenBy(guest, 'agency.jpg')).to.deep.equal({ other: false, folders: 'All assets,Agency' });
  });

  it('denies it to a person, says why, takes the denial back and gives it again by undo', async () => {
    await openAccess('Agency');
    await dialog().getByRole('button', { name: 'Share or deny' }).click();
    await dialog().getByLabel('Person or group').fill(viewer.email);
    await option(/Person 2/).click();
    await dialog().getByText('Deny', { exact: true }).first().click();
    await dialog().getByRole('button', { name: 'Deny', exact: true }).click();
    const line = dialog().getByRole('listitem').filter({ hasText: 'Denied: Everything' });
    await line.waitFor();
    expect((await seenBy(viewer, 'house.jpg')).other).to.equal(false);

    await page.goto(`${room.server.url}/admin/people`);
    await page.getByRole('button', { name: /Why can.*Person 2/ }).click();
    await dialog().getByLabel('Folder').fill('/Agency');
    await option(/Agency/).click();
    const answer = dialog().getByTestId('explanation');
    await answer.filter({ hasText: 'Person 2 may not.' }).waitFor();
    expect(await answer.innerText())
      .to.contain('Denied to Person 2 in /Agency')
      .and.to.contain('The role “Viewer” allows it');
    expect(page.url()).to.contain('folder=/Agency');

    await openAccess('Agency');
    await dialog().getByRole('button', { name: 'Remove Person 2' }).click();
    await line.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await line.waitFor();
  });

  it('ends inheritance after a warning, and lets the folder inherit again', async () => {
    const paths = async () => {
      const { items } = (await (await viewer.api('/api/v1/folders')).json()) as { items: { path: string }[] };
      return items.map(({ path }) => path);
    };
    expect(await paths()).to.deep.equal(['/', '/House']);
    await openAccess('House');
    await dialog().getByRole('button', { name: 'End inheritance' }).click();
    await dialog().getByText('1 person may lose access by this.').waitFor();
    await dialog().getByRole('button', { name: 'End inheritance', exact: true }).click();
    await dialog().getByText('inheritance ends at /House').first().waitFor();
    expect(await paths()).to.deep.equal(['/']);
    await dialog().getByRole('button', { name: 'Inherit again' }).click();
    await dialog().getByRole('button', { name: 'Inherit again', exact: true }).click();
    await dialog().getByText('What is shared further up counts here, too.').waitFor();
    expect(await paths()).to.deep.equal(['/', '/House']);
  });

  it('makes a role of the workspace’s own and gives it to a person', async () => {
    await page.goto(`${room.server.url}/admin/people/roles`);
    await page.getByRole('button', { name: 'New role' }).click();
    await dialog().getByLabel('Name', { exact: true }).fill('Press office');
    await dialog().getByLabel('Publish and take down').check();
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('button', { name: 'Change Press office' }).waitFor();
    await page.getByRole('navigation', { name: 'People, groups and roles' }).getByRole('link', { name: 'People' }).click();
    await page.getByRole('combobox', { name: 'Role of Person 2' }).click();
    await option(/Press office.*publish/s).click();
    const given = async () =>
      (await room.server.container.database.sql.query<{ role: string }>({}, "select role from member where role = 'press-office'")).length;
    await until('the role being given', async () => (await given()) === 1);
  });
});

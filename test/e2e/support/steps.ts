import type { Locator, Page } from "playwright-core";
import type { House } from "./house.ts";
import { button, link, see, type Visitor } from "./visitor.ts";

/** On the phone what does not fit into the bar is behind More. */
export async function navigate(page: Page, name: string): Promise<void> {
  const wide = (page.viewportSize()?.width ?? 0) >= 960;
  const bar = wide ? page.locator(".sidebar") : page.locator(".phone-bar");
  if (!wide && !(await link(bar, name).isVisible())) await button(bar, "More").click();
  await link(bar, name).click();
  await see(page.getByRole("heading", { level: 1, name }));
}

/** Presses what begins a sign-in and waits for Plex's page in the popup. */
export async function openPopup({ context }: Visitor, house: House, press: Locator): Promise<Page> {
  const opening = context.waitForEvent("page");
  await press.click();
  const popup = await opening;
  await popup.waitForURL(`${house.facts.env["PLEX_APP_URL"]}/auth**`);
  return popup;
}

export async function allowAccess(popup: Page, account: RegExp): Promise<void> {
  await popup.getByLabel(account).check();
  await button(popup, "Sign In").click();
}

/** Through the popup to the list of servers. */
export async function signInToPlex(visitor: Visitor, house: House, press: Locator): Promise<void> {
  const popup = await openPopup(visitor, house, press);
  const closed = popup.waitForEvent("close");
  await allowAccess(popup, /^Anna/);
  await closed;
  await see(visitor.page.getByRole("heading", { name: "Choose your server" }));
}

/** Presses what begins a sign-in at a typed address, up to where one says who one is. */
export async function findServer({ page }: Visitor, press: string, address: string): Promise<void> {
  await button(page, press).click();
  await (await see(page.locator("dialog[open]").getByLabel("Address of the server"))).fill(address);
  await button(page, "Continue").click();
  await see(page.locator("dialog[open] .server-found"));
}

export async function signInAs(page: Page, name: string, password: string): Promise<void> {
  await (await see(page.getByLabel("User name"))).fill(name);
  await page.getByLabel("Password").fill(password);
  await button(page, "Sign in").click();
}

/** Through the settings of a server to where its address is changed. */
export async function openFromSettings({ page }: Visitor, server: string): Promise<void> {
  await link(card(page, server), `Settings of ${server}`).click();
  await link(page, "Change address or sign in again").click();
  await see(page.getByLabel("Address of the server"));
}

export const card = (page: Page, server: string): Locator => page.locator(".integration").filter({ hasText: server });

/** A line under Recent syncs, found by what its icon says. */
export const syncRow = (page: Page, status: string): Locator =>
  page.locator(".sync-row").filter({ has: page.getByRole("img", { name: status, exact: true }) });

/** The question that stands before what cannot be taken back lightly. */
export async function confirm(page: Page, answer: string): Promise<void> {
  const dialog = await see(page.locator("dialog#confirm[open]"));
  await button(dialog, answer).click();
}

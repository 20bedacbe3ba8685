import type { ViewContext } from "../../context.ts";
import { id } from "../../dom.ts";
import { Layout } from "../../layout.tsx";
import type { FormProblem } from "../../parts/setting-form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { type AccountModel, AccountSettings } from "./account.tsx";
import { type DataModel, DataSettings } from "./data.tsx";
import { NotificationSettings, type NotificationsModel } from "./notifications.tsx";
import { type PeopleModel, PeopleSettings } from "./people.tsx";
import { type SourcesModel, SourcesSettings } from "./sources.tsx";
import { type YouModel, YouSettings } from "./you.tsx";

export type SettingsTab = "you" | "account" | "sources" | "notifications" | "data" | "people";

export type SettingsModel = { problem: FormProblem | null } & (
  | { tab: "you"; you: YouModel }
  | { tab: "account"; account: AccountModel }
  | { tab: "sources"; sources: SourcesModel }
  | { tab: "notifications"; notifications: NotificationsModel }
  | { tab: "data"; data: DataModel }
  | { tab: "people"; people: PeopleModel }
);

type Props = { ctx: ViewContext; settings: SettingsModel };

const LABELS: Record<SettingsTab, string> = {
  you: "You",
  account: "Sign-in",
  sources: "Metadata",
  notifications: "Notifications",
  data: "Data",
  people: "People",
};

function tabsOf(ctx: ViewContext, current: SettingsTab) {
  const { paths } = ctx;
  const hrefs: [SettingsTab, string][] = [
    ["you", paths.settings()],
    ["account", paths.settingsAccount()],
    ["sources", paths.settingsSources()],
    ["notifications", paths.settingsNotifications()],
    ["data", paths.settingsData()],
    ...(ctx.user?.role === "admin" ? [["people", paths.users()] satisfies [SettingsTab, string]] : []),
  ];
  return hrefs.map(([tab, href]) => ({ label: LABELS[tab], href, current: tab === current }));
}

export function SettingsPage({ ctx, settings }: Props): JSX.Element {
  const { tab } = settings;
  const title = tab === "you" ? "Settings" : `${LABELS[tab]} · Settings`;
  return (
    <Layout ctx={ctx} title={title} nav="settings">
      <PageHeader ctx={ctx} title="Settings" />
      <div class="setting-tabs">
        <Tabs label="Settings" tabs={tabsOf(ctx, tab)} />
      </div>
      <SettingsPart ctx={ctx} settings={settings} />
    </Layout>
  );
}

/** Everything below the tabs: what a saved form is answered with. */
export function SettingsPart({ ctx, settings }: Props): JSX.Element {
  return (
    <div id={id("settings")} class="settings">
      <TabContent ctx={ctx} settings={settings} />
    </div>
  );
}

function TabContent({ ctx, settings }: Props): JSX.Element {
  const { problem } = settings;
  switch (settings.tab) {
    case "you":
      return <YouSettings ctx={ctx} you={settings.you} problem={problem} />;
    case "account":
      return <AccountSettings ctx={ctx} account={settings.account} problem={problem} />;
    case "sources":
      return <SourcesSettings ctx={ctx} sources={settings.sources} />;
    case "notifications":
      return <NotificationSettings ctx={ctx} notifications={settings.notifications} problem={problem} />;
    case "data":
      return <DataSettings ctx={ctx} data={settings.data} problem={problem} />;
    case "people":
      return <PeopleSettings ctx={ctx} people={settings.people} problem={problem} />;
  }
}

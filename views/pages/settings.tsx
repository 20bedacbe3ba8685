import type { Theme, ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { Group } from "../parts/setting-group.tsx";
import { TransferLinks } from "../parts/transfer-links.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { OutLink } from "../ui/link.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Badge, StatusPill } from "../ui/status-pill.tsx";
import { Time } from "../ui/time.tsx";

export type SettingsPageModel = {
  theme: Theme;
  /** "" = the installation's. */
  timeZone: string;
  timeZones: readonly SelectOption[];
  sessions: readonly { agent: string; lastSeenAt: number; current: boolean }[];
  tokens: readonly { id: string; name: string; createdAt: number; lastUsedAt: number | null }[];
  /** Shown this once. */
  newToken: { name: string; token: string } | null;
  /** null: not an admin. */
  admin: {
    users: readonly { id: string; username: string; role: string; createdAt: number; self: boolean }[];
    dataDir: string;
  } | null;
  sources: readonly { label: string; credit: string; url: string }[];
  /** How far the looking up of titles and posters is. */
  enrichment: { pending: number; done: number; failed: number; waitingUntil: number | null };
  errors: Readonly<Record<string, string>>;
};

type Props = { ctx: ViewContext; settings: SettingsPageModel };

export function SettingsPage({ ctx, settings }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Settings" nav="settings">
      <PageHeader ctx={ctx} title="Settings" />
      <div class="settings">
        <Appearance ctx={ctx} settings={settings} />
        <TimeZone ctx={ctx} settings={settings} />
        <Password ctx={ctx} settings={settings} />
        <Sessions ctx={ctx} settings={settings} />
        <TransferLinks ctx={ctx} />
        <Tokens ctx={ctx} settings={settings} />
        {settings.admin === null ? "" : <Users ctx={ctx} settings={settings} admin={settings.admin} />}
        <Sources ctx={ctx} settings={settings} />
        {settings.admin === null ? "" : <Data ctx={ctx} dataDir={settings.admin.dataDir} />}
        <About ctx={ctx} />
      </div>
    </Layout>
  );
}

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "auto", label: "Like the system" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
];

function Appearance({ ctx, settings }: Props): JSX.Element {
  return (
    <Group title="Appearance">
      <ActionForm
        action={ctx.paths.appearance()}
        class="form"
        live={{ target: target("toasts"), swap: "none", disable: undefined }}
      >
        <fieldset class="choice-row">
          <legend class="visually-hidden">Theme</legend>
          {THEMES.map(({ value, label }) => (
            <label class="choice">
              <input
                type="radio"
                name="theme"
                value={value}
                checked={value === settings.theme}
                {...{ "data-theme-choice": "", "data-submit-on-change": "" }}
              />
              <span safe>{label}</span>
            </label>
          ))}
        </fieldset>
        <div class="no-script">
          <Button ctx={ctx} label="Save" name="Save the appearance" />
        </div>
      </ActionForm>
    </Group>
  );
}

function TimeZone({ ctx, settings }: Props): JSX.Element {
  return (
    <Group title="Time zone" hint="Days, times and your schedules follow it.">
      <form class="form form-narrow" method="post" action={ctx.paths.preferences()}>
        <Select
          ctx={ctx}
          label="Time zone"
          labelHidden
          name="timeZone"
          options={settings.timeZones}
          value={settings.timeZone}
          error={settings.errors["timezone"]}
          attributes={{ "data-submit-on-change": "" }}
        />
        <div class="no-script">
          <Button ctx={ctx} label="Save" name="Save the time zone" />
        </div>
      </form>
    </Group>
  );
}

function Password({ ctx, settings }: Props): JSX.Element {
  return (
    <Group title="Password" hint="Changing it signs you out everywhere else.">
      <form class="form form-narrow" method="post" action={ctx.paths.password()}>
        <Field
          label="Current password"
          name="current"
          type="password"
          autocomplete="current-password"
          required
          error={settings.errors["current"]}
        />
        <Field
          label="New password"
          name="next"
          type="password"
          autocomplete="new-password"
          required
          minlength={8}
          hint="At least 8 characters."
          error={settings.errors["next"]}
        />
        <div class="actions">
          <Button ctx={ctx} label="Change password" />
        </div>
      </form>
    </Group>
  );
}

function Sessions({ ctx, settings }: Props): JSX.Element {
  const others = settings.sessions.some(({ current }) => !current);
  return (
    <Group title="Where you are signed in">
      <ul class="rows">
        {settings.sessions.map((session) => (
          <li class="row">
            <div class="row-text">
              <p dir="auto" safe>
                {session.agent}
              </p>
              <p class="dim">
                {session.current ? (
                  <span>Here, now</span>
                ) : (
                  <>
                    <span>Last seen </span>
                    <Time ctx={ctx} at={session.lastSeenAt} />
                  </>
                )}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {others ? (
        <div class="actions">
          <ActionForm action={ctx.paths.otherSessions()} method="delete">
            <Button ctx={ctx} label="Sign out everywhere else" />
          </ActionForm>
        </div>
      ) : (
        ""
      )}
      <div class="actions">
        <ActionForm action={ctx.paths.logout()}>
          <Button ctx={ctx} kind="quiet" icon="log-out" label="Sign out here" />
        </ActionForm>
      </div>
    </Group>
  );
}

function Tokens({ ctx, settings }: Props): JSX.Element {
  const tokenId = id("field", "new-token");
  return (
    <Group title="API tokens" hint="For scripts and other programs. A token may do what you may do.">
      {settings.newToken === null ? (
        ""
      ) : (
        <div class="stack" role="status">
          <p safe>{`“${settings.newToken.name}” is ready. Copy the token now; it is not shown again.`}</p>
          <p class="secret">
            <code id={tokenId} safe>
              {settings.newToken.token}
            </code>
            <Button
              ctx={ctx}
              type="button"
              kind="quiet"
              icon="copy"
              label="Copy"
              attributes={{ "data-copy": tokenId }}
            />
          </p>
        </div>
      )}
      {settings.tokens.length === 0 ? (
        ""
      ) : (
        <ul class="rows">
          {settings.tokens.map((token) => (
            <li class="row">
              <div class="row-text">
                <p dir="auto" safe>
                  {token.name}
                </p>
                <p class="dim">
                  <span>Made </span>
                  <Time ctx={ctx} at={token.createdAt} as="date" />
                  <span> · last used </span>
                  <Time ctx={ctx} at={token.lastUsedAt} unknown="never" />
                </p>
              </div>
              <ActionForm action={ctx.paths.apiToken(token.id)} method="delete">
                <Button ctx={ctx} kind="quiet" icon="trash" label="Delete" name={`Delete the token ${token.name}`} />
              </ActionForm>
            </li>
          ))}
        </ul>
      )}
      <form class="inline-form" method="post" action={ctx.paths.apiTokens()}>
        <Field
          label="Name of a new token"
          name="name"
          scope="token"
          required
          maxlength={100}
          placeholder="Home dashboard"
          autocomplete="off"
          error={settings.errors["name"]}
        />
        <Button ctx={ctx} label="Create token" />
      </form>
      <p class="dim">
        <a class="link" href={ctx.paths.api.docs()}>
          What the API can do
        </a>
      </p>
    </Group>
  );
}

type Admin = NonNullable<SettingsPageModel["admin"]>;

function Users({ ctx, settings, admin }: Props & { admin: Admin }): JSX.Element {
  return (
    <Group title="People" hint="Each has their own library, servers and history.">
      <ul class="rows">
        {admin.users.map((user) => (
          <li class="row">
            <div class="row-text">
              <p dir="auto" safe>
                {user.username}
              </p>
              <p class="dim">
                <span>Since </span>
                <Time ctx={ctx} at={user.createdAt} as="date" />
              </p>
            </div>
            {user.role === "admin" ? <Badge label="admin" /> : ""}
            {user.self ? <Badge label="you" /> : <RemoveUser ctx={ctx} user={user} />}
          </li>
        ))}
      </ul>
      <form class="inline-form" method="post" action={ctx.paths.users()}>
        <Field
          label="Username"
          name="username"
          scope="new-user"
          required
          maxlength={64}
          autocomplete="off"
          error={settings.errors["username"]}
        />
        <Field
          label="First password"
          name="password"
          scope="new-user"
          type="password"
          required
          minlength={8}
          autocomplete="new-password"
          error={settings.errors["password"]}
        />
        <Button ctx={ctx} label="Add person" />
      </form>
    </Group>
  );
}

function RemoveUser({ ctx, user }: { ctx: ViewContext; user: { id: string; username: string } }): JSX.Element {
  return (
    <ActionForm
      action={ctx.paths.settingsUser(user.id)}
      method="delete"
      live={{
        target: target("main"),
        swap: "none",
        confirm: `Delete the account of ${user.username} with everything in it? This cannot be undone.`,
        confirmLabel: "Delete account",
      }}
    >
      <Button ctx={ctx} kind="quiet" icon="trash" label="Delete" name={`Delete the account of ${user.username}`} />
    </ActionForm>
  );
}

function Sources({ ctx, settings }: Props): JSX.Element {
  const { pending, failed, waitingUntil } = settings.enrichment;
  return (
    <Group title="Metadata" hint="Where titles, dates and posters come from, in this order. Set by METADATA_SOURCES.">
      {settings.sources.length === 0 ? (
        <p>None is switched on. Your server's own titles and dates are used.</p>
      ) : (
        <ul class="rows">
          {settings.sources.map((source) => (
            <li class="row">
              <div class="row-text">
                <p safe>{source.label}</p>
                <p class="dim credit">
                  <span safe>{`${source.credit} `}</span>
                  <OutLink
                    ctx={ctx}
                    href={source.url}
                    label={source.url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")}
                  />
                </p>
              </div>
              <StatusPill ctx={ctx} tone="good" label="In use" />
            </li>
          ))}
        </ul>
      )}
      <p class="dim">
        <span
          safe
        >{`${pending === 0 ? "Everything has been looked up" : `${pending} waiting to be looked up`}${failed === 0 ? "" : `, ${failed} could not be found`}.`}</span>
        {waitingUntil === null ? (
          ""
        ) : (
          <>
            <span> Goes on </span>
            <Time ctx={ctx} at={waitingUntil} />
            <span>.</span>
          </>
        )}
      </p>
    </Group>
  );
}

function Data({ ctx, dataDir }: { ctx: ViewContext; dataDir: string }): JSX.Element {
  return (
    <Group title="Backup" hint="A consistent copy of everything, also while the tracker runs.">
      <div class="actions">
        <ActionForm action={ctx.paths.backups()}>
          <Button ctx={ctx} label="Back up now" />
        </ActionForm>
      </div>
      <p class="dim">
        <span>Copies are kept in </span>
        <code safe>{`${dataDir.replace(/\/$/, "")}/backups`}</code>
        <span>. Keep the key file of the same folder with them.</span>
      </p>
    </Group>
  );
}

function About({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <Group title="About">
      <p>
        <span safe>{`Episode Tracker ${ctx.version}`}</span>
      </p>
      <div class="actions">
        <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.api.docs()} label="API reference" />
      </div>
    </Group>
  );
}

import type { ViewContext } from "../../context.ts";
import { errorOf, type FormProblem, SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { TransferLinks } from "../../parts/transfer-links.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { count, formatNumber, sizeText } from "../../ui/format.ts";
import { Time } from "../../ui/time.tsx";

export type BackupModel = { name: string; bytes: number; createdAt: number };

export type DataModel = {
  username: string;
  /** The only admin cannot leave. */
  lastAdmin: boolean;
  /** null: not an admin. */
  house: {
    backups: readonly BackupModel[];
    /** Files beyond those listed. */
    moreBackups: number;
    dataDir: string;
    databaseBytes: number;
    shows: number;
    episodes: number;
    plays: number;
  } | null;
};

type Props = { ctx: ViewContext; data: DataModel; problem: FormProblem | null };
type House = NonNullable<DataModel["house"]>;

export function DataSettings({ ctx, data, problem }: Props): JSX.Element {
  return (
    <>
      {data.house === null ? "" : <Backups ctx={ctx} house={data.house} />}
      <TransferLinks ctx={ctx} />
      {data.house === null ? "" : <Folder ctx={ctx} house={data.house} />}
      <Leave ctx={ctx} data={data} problem={problem} />
    </>
  );
}

function Backups({ ctx, house }: { ctx: ViewContext; house: House }): JSX.Element {
  const { backups, moreBackups, dataDir } = house;
  return (
    <Group title="Backup" hint="A consistent copy of everything, also while the tracker runs.">
      <SettingForm action={ctx.paths.backups()} class="action">
        <div class="actions">
          <Button ctx={ctx} kind="primary" label="Back up now" />
        </div>
      </SettingForm>
      {backups.length === 0 ? (
        <p class="dim">There is no copy yet.</p>
      ) : (
        <ul class="rows">
          {backups.map((backup) => (
            <BackupRow ctx={ctx} backup={backup} />
          ))}
        </ul>
      )}
      {moreBackups === 0 ? (
        ""
      ) : (
        <p class="dim" safe>{`${count(moreBackups, ctx, "older copy", "older copies")} in the folder.`}</p>
      )}
      <p class="dim">
        <span>Copies are kept in </span>
        <code safe>{`${dataDir.replace(/\/$/, "")}/backups`}</code>
        <span>
          , and nothing deletes old ones. Put the key file of the data folder beside them: a copy holds everybody's
          password hashes and encrypted sign-ins, so keep it as safe as the original.
        </span>
      </p>
    </Group>
  );
}

function BackupRow({ ctx, backup }: { ctx: ViewContext; backup: BackupModel }): JSX.Element {
  return (
    <li class="row">
      <div class="row-text">
        <p>
          <Time ctx={ctx} at={backup.createdAt} as="stamp" />
        </p>
        <p class="dim">
          <span class="numbers" safe>
            {sizeText(backup.bytes, ctx)}
          </span>
          <span> · </span>
          <span safe>{backup.name}</span>
        </p>
      </div>
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        href={ctx.paths.backup(backup.name)}
        label="Download"
        name={`Download ${backup.name}`}
        attributes={{ download: "" }}
      />
    </li>
  );
}

function Folder({ ctx, house }: { ctx: ViewContext; house: House }): JSX.Element {
  const facts: [string, string][] = [
    ["Place", house.dataDir],
    ["Database", sizeText(house.databaseBytes, ctx)],
    ["Shows", formatNumber(house.shows, ctx)],
    ["Episodes", formatNumber(house.episodes, ctx)],
    ["Plays of everybody", formatNumber(house.plays, ctx)],
  ];
  return (
    <Group title="Data folder" hint="Database, key, posters and backups of this installation. DATA_DIR sets its place.">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div>
            <dt safe>{name}</dt>
            <dd safe>{value}</dd>
          </div>
        ))}
      </dl>
    </Group>
  );
}

function Leave({ ctx, data, problem }: Props): JSX.Element {
  return (
    <Group
      title="Delete my account"
      hint="Your library, history, servers, tokens and sign-ins go for good. The other people's stay."
    >
      {data.lastAdmin ? (
        <p class="dim">You are the only admin. Make somebody else one first, under People.</p>
      ) : (
        <LeaveForm ctx={ctx} data={data} problem={problem} />
      )}
    </Group>
  );
}

function LeaveForm({ ctx, data, problem }: Props): JSX.Element {
  return (
    <details class="fold" open={problem?.form === "leave"}>
      <summary class="button button-secondary">Delete my account…</summary>
      <SettingForm action={ctx.paths.settingsAccount()} method="delete" fields="clear" class="form form-narrow">
        <Field
          label={`Type your name, ${data.username}, to confirm`}
          name="confirm"
          scope="leave"
          required
          autocomplete="off"
          error={errorOf(problem, "leave", "confirm")}
        />
        <Field
          label="Your password"
          name="password"
          scope="leave"
          type="password"
          required
          autocomplete="current-password"
          error={errorOf(problem, "leave", "password")}
        />
        <div class="actions">
          <Button ctx={ctx} kind="danger" label="Delete my account" />
        </div>
      </SettingForm>
    </details>
  );
}

import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";

export type SyncErrorKind = "show-match" | "episode-fetch" | "database" | "connection" | "authorization" | "rate-limit";

export type SyncErrorModel = {
  key: string;
  kind: SyncErrorKind;
  message: string;
  /** What the user can do. */
  hint: string;
  show?: string | undefined;
  episode?: string | undefined;
  action?: { label: string; href: string } | undefined;
};

const LOOK: Record<SyncErrorKind, { icon: IconName; label: string; tone: string }> = {
  "show-match": { icon: "eye", label: "Needs your eye", tone: "attention" },
  "episode-fetch": { icon: "half-circle", label: "Could not be read", tone: "attention" },
  database: { icon: "x-circle", label: "Could not be stored", tone: "bad" },
  connection: { icon: "wifi-off", label: "No connection", tone: "bad" },
  authorization: { icon: "key", label: "Sign-in needed", tone: "bad" },
  "rate-limit": { icon: "clock", label: "Asked to wait", tone: "attention" },
};

export function SyncError({ ctx, error }: { ctx: ViewContext; error: SyncErrorModel }): JSX.Element {
  const look = LOOK[error.kind];
  const subject = [error.show, error.episode].filter((part) => part !== undefined && part !== "").join(" · ");
  return (
    <li id={id("sync-error", error.key)} class="sync-error">
      <Icon ctx={ctx} name={look.icon} label={look.label} class={`tone-${look.tone}`} />
      <div class="sync-error-text">
        {subject === "" ? (
          ""
        ) : (
          <p class="strong" dir="auto" safe>
            {subject}
          </p>
        )}
        <p safe>{error.message}</p>
        <p class="dim" safe>
          {error.hint}
        </p>
      </div>
      {error.action === undefined ? (
        ""
      ) : (
        <ButtonLink
          ctx={ctx}
          href={error.action.href}
          label={error.action.label}
          name={`${error.action.label}: ${subject || error.message}`}
        />
      )}
    </li>
  );
}

export function SyncErrors({ ctx, errors }: { ctx: ViewContext; errors: readonly SyncErrorModel[] }): JSX.Element {
  return (
    <ul class="sync-errors">
      {errors.map((error) => (
        <SyncError ctx={ctx} error={error} />
      ))}
    </ul>
  );
}

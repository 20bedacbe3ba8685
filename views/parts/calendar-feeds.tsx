import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { Switch } from "../ui/switch.tsx";
import { attr } from "../ui/text.ts";
import { MadeRow } from "./made-row.tsx";

export type CalendarFeedsModel = {
  feeds: readonly { id: string; name: string; createdAt: number; lastFetchedAt: number | null }[];
  /** Shown this once. */
  made: { name: string; url: string; webcalUrl: string } | null;
  errors: Readonly<Record<string, string>>;
};

type Props = { ctx: ViewContext; feeds: CalendarFeedsModel };

/** The calendar in other programs: a fold at the foot of the page. */
export function CalendarFeeds({ ctx, feeds }: Props): JSX.Element {
  const open = feeds.made !== null || Object.keys(feeds.errors).length > 0;
  return (
    <details id={id("calendar-feeds")} class="section technical" open={open}>
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>Subscribe in your calendar app</span>
      </summary>
      <div class="stack calendar-feeds">
        <p>
          A secret address lets a calendar program show what comes out. It needs no password, so give each program its
          own; you can take each back.
        </p>
        {feeds.made === null ? "" : <NewFeed ctx={ctx} made={feeds.made} />}
        {feeds.feeds.length === 0 ? "" : <FeedList ctx={ctx} feeds={feeds} />}
        <FeedForm ctx={ctx} feeds={feeds} />
      </div>
    </details>
  );
}

function NewFeed({ ctx, made }: { ctx: ViewContext; made: NonNullable<CalendarFeedsModel["made"]> }): JSX.Element {
  const addressId = id("field", "new-feed");
  return (
    <div class="stack" role="status">
      <p dir="auto" safe>{`“${made.name}” is ready. Copy the address now; it is not shown again.`}</p>
      <p class="secret">
        <code id={addressId} safe>
          {made.url}
        </code>
        <CopyButton ctx={ctx} of={addressId} name="Copy the address" />
      </p>
      <div class="actions">
        <a class="button button-primary" href={attr(made.webcalUrl)}>
          <Icon ctx={ctx} name="calendar" />
          <span>Open in a calendar app</span>
        </a>
      </div>
    </div>
  );
}

function FeedList({ ctx, feeds }: Props): JSX.Element {
  return (
    <ul class="rows" aria-label="Your addresses">
      {feeds.feeds.map((feed) => (
        <MadeRow ctx={ctx} name={feed.name} createdAt={feed.createdAt} verb="fetched" lastAt={feed.lastFetchedAt}>
          <ActionForm action={ctx.paths.calendarFeed(feed.id)} method="delete">
            <Button ctx={ctx} kind="quiet" icon="trash" label="Take back" name={`Take back the address ${feed.name}`} />
          </ActionForm>
        </MadeRow>
      ))}
    </ul>
  );
}

function FeedForm({ ctx, feeds }: Props): JSX.Element {
  return (
    <form class="form form-narrow" method="post" action={ctx.paths.calendarFeeds()}>
      <Field
        label="Which program is it for?"
        name="name"
        scope="feed"
        required
        maxlength={100}
        placeholder="Phone"
        autocomplete="off"
        error={feeds.errors["name"]}
      />
      <div>
        <Switch label="Only shows that I am watching" name="watching" scope="feed" shape="check" checked={false} />
        <Switch label="Without what I have watched" name="unwatched" scope="feed" shape="check" checked={false} />
      </div>
      <div class="actions">
        <Button ctx={ctx} label="Make an address" />
      </div>
    </form>
  );
}

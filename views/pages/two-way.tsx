import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { refreshing } from "../parts/more.tsx";
import { PushedList, type PushedRow, WaitingList, type WaitingModel } from "../parts/push-rows.tsx";
import { Group } from "../parts/setting-group.tsx";
import { TwoWayPlan, type TwoWayPlanModel } from "../parts/two-way-plan.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Switch } from "../ui/switch.tsx";

export type TwoWayModel = {
  id: string;
  serverName: string;
  providerName: string;
  /** False: this kind of server takes no marks from outside. */
  possible: boolean;
  /** The server keeps the date that a mark is given. */
  keepsDates: boolean;
  on: boolean;
  /** What there is to say yes to; null while it is off, or agreed to. */
  plan: TwoWayPlanModel | null;
  waiting: WaitingModel;
  recent: readonly PushedRow[];
};

type Props = { ctx: ViewContext; page: TwoWayModel };

export function TwoWayPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title={`Two-way sync with ${page.serverName}`} nav="integrations" live>
      <PageHeader
        ctx={ctx}
        title={`Two-way sync with ${page.serverName}`}
        lead={`What you mark here is marked on ${page.serverName} too.`}
        back={{ href: ctx.paths.integrationSettings(page.id), label: `Settings of ${page.serverName}` }}
      />
      <TwoWaySection ctx={ctx} page={page} />
    </Layout>
  );
}

/** Comes anew whenever something was sent, or waits. */
export function TwoWaySection({ ctx, page }: Props): JSX.Element {
  const refresh = refreshing({
    href: ctx.paths.twoWay(page.id),
    into: target("pushes"),
    on: ["pushes-changed", "resync"],
  });
  return (
    <div id={id("pushes")} class="settings" {...refresh}>
      <Choice ctx={ctx} page={page} />
      {page.plan === null ? "" : <TwoWayPlan ctx={ctx} integrationId={page.id} plan={page.plan} />}
      {page.on && page.plan === null ? <WaitingList ctx={ctx} integrationId={page.id} waiting={page.waiting} /> : ""}
      {page.recent.length === 0 ? "" : <PushedList ctx={ctx} rows={page.recent} />}
    </div>
  );
}

function Choice({ ctx, page }: Props): JSX.Element {
  const { serverName, providerName, keepsDates } = page;
  if (!page.possible) {
    return (
      <Group title="Both ways" hint={`${providerName} takes no marks from outside.`}>
        <p class="dim">Nothing can be switched on here.</p>
      </Group>
    );
  }
  return (
    <Group title="Both ways" hint="Off, nothing is ever changed on the server.">
      <ActionForm
        action={ctx.paths.twoWay(page.id)}
        live={{ target: target("pushes"), swap: "outerMorph", disable: undefined }}
      >
        <Switch
          label={`Mark on ${serverName} too`}
          name="twoWay"
          checked={page.on}
          attributes={{ "data-submit-on-change": "" }}
        />
        <span class="no-script">
          <Button ctx={ctx} label="Save" />
        </span>
      </ActionForm>
      <ul class="push-facts">
        <li
          safe
        >{`An episode you mark or unmark here follows on ${serverName} within seconds, on every copy of it.`}</li>
        <li>What you watch on one server reaches your other servers that have this switched on.</li>
        <li safe>
          {keepsDates
            ? `${providerName} keeps the date you give.`
            : `${providerName} dates each mark with the moment it gets it. Your dates stay right here.`}
        </li>
        <li
          safe
        >{`What ${serverName} already shows as watched is left alone, and so is what is being watched there.`}</li>
        <li>More than 20 changes at once wait for your word, and so does everything that an import brings.</li>
      </ul>
    </Group>
  );
}

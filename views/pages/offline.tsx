import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** Stands in for any page while the tracker cannot be reached; kept by the browser, so it knows nobody. */
export function OfflinePage({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <Layout ctx={ctx} title="Not reachable" frame="bare">
      <h1 class="visually-hidden">Not reachable</h1>
      <EmptyState
        ctx={ctx}
        icon="wifi-off"
        title="The tracker cannot be reached"
        text="Either this device is offline, or the server is switched off. Nothing is lost; your marks are kept on the server."
      >
        <ButtonLink ctx={ctx} kind="primary" href="" icon="refresh" label="Try again" />
      </EmptyState>
    </Layout>
  );
}

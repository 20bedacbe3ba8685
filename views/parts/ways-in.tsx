import type { ViewContext } from "../context.ts";
import { ButtonLink } from "../ui/button.tsx";

/** For pages that wait for shows or plays: where these come from, the best way first. */
export function WaysIn({ ctx }: { ctx: ViewContext }): JSX.Element {
  const { paths } = ctx;
  const isConnected = ctx.syncLight.state !== "off";
  return (
    <>
      <ButtonLink
        ctx={ctx}
        kind="primary"
        href={paths.integrations()}
        icon={isConnected ? "refresh" : "plug"}
        label={isConnected ? "Go to Integrations" : "Connect a server"}
      />
      <div class="actions">
        <ButtonLink ctx={ctx} kind="quiet" href={paths.search()} label="Search for a show" />
        <ButtonLink ctx={ctx} kind="quiet" href={paths.imports()} label="Import from a file" />
      </div>
    </>
  );
}

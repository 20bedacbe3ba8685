import type { Banner as BannerModel, ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { ActionForm } from "./action-form.tsx";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { Link } from "./link.tsx";

const ICONS: Record<BannerModel["tone"], IconName> = {
  info: "info",
  attention: "alert",
  error: "x-circle",
  success: "check-circle",
};

export function Banner({ ctx, banner }: { ctx: ViewContext; banner: BannerModel }): JSX.Element {
  const live = banner.tone === "error" ? { role: "alert" } : {};
  return (
    <div class={`banner banner-${banner.tone}`} {...live}>
      <Icon ctx={ctx} name={ICONS[banner.tone]} />
      <p dir="auto" safe>
        {banner.text}
      </p>
      {banner.action === undefined ? (
        ""
      ) : (
        <Link href={banner.action.href} class="link banner-action">
          <span safe>{banner.action.label}</span>
        </Link>
      )}
      {banner.dismiss === undefined ? "" : <Dismiss ctx={ctx} dismiss={banner.dismiss} />}
    </div>
  );
}

function Dismiss({ ctx, dismiss }: { ctx: ViewContext; dismiss: NonNullable<BannerModel["dismiss"]> }): JSX.Element {
  return (
    <ActionForm action={dismiss.path} class="banner-dismiss" live={{ target: target("banners"), swap: "outerHTML" }}>
      <Button ctx={ctx} kind="quiet" icon="x" iconOnly label={`Put away: ${dismiss.about}`} />
    </ActionForm>
  );
}

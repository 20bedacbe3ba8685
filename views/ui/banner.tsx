import type { Banner as BannerModel, ViewContext } from "../context.ts";
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
    </div>
  );
}

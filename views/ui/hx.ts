/** htmx 4: nothing inherits, so every attribute sits on the element that uses it. */
export type HxOptions = {
  get?: string | undefined;
  post?: string | undefined;
  target?: string | undefined;
  swap?: "outerHTML" | "innerHTML" | "outerMorph" | "innerMorph" | "beforeend" | "delete" | "none" | undefined;
  trigger?: string | undefined;
  /** Asked in our own dialog before the request leaves; see static/app.js. */
  confirm?: string | undefined;
  /** What the confirming button says. */
  confirmLabel?: string | undefined;
  /** CSS selector of controls that rest while the request is under way. */
  disable?: string | undefined;
  sync?: string | undefined;
  include?: string | undefined;
  /** Leave the page as it is when the answer is an error (polling: the next try may succeed). */
  keepOnError?: boolean | undefined;
};

export type Attributes = Record<string, string>;

export function hx(options: HxOptions): Attributes {
  const out: Attributes = {};
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined) out[name] = value;
  };
  set("hx-get", options.get);
  set("hx-post", options.post);
  set("hx-target", options.target);
  set("hx-swap", options.swap);
  set("hx-trigger", options.trigger);
  set("hx-confirm", options.confirm?.replaceAll("&", "&amp;"));
  set("data-confirm-label", options.confirmLabel);
  set("hx-disable", options.disable);
  set("hx-sync", options.sync);
  set("hx-include", options.include);
  if (options.keepOnError) {
    out["hx-status:4xx"] = "swap:none";
    out["hx-status:5xx"] = "swap:none";
  }
  return out;
}

import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Toast, ToastUpdate } from "../ui/toast.tsx";

export type ErrorModel = {
  status: number;
  title: string;
  detail: string;
  hint?: string | undefined;
};

export function ErrorPage({ ctx, error }: { ctx: ViewContext; error: ErrorModel }): JSX.Element {
  const home = ctx.user === null ? ctx.paths.login() : ctx.paths.home();
  return (
    <Layout ctx={ctx} title={error.title} frame={ctx.user === null ? "bare" : "app"}>
      <div class="error-page">
        <p class="error-code" safe>{`Error ${error.status}`}</p>
        <h1 safe>{error.title}</h1>
        <p dir="auto" safe>
          {error.detail}
        </p>
        {error.hint === undefined ? (
          ""
        ) : (
          <p class="dim" dir="auto" safe>
            {error.hint}
          </p>
        )}
        <ButtonLink
          ctx={ctx}
          kind="primary"
          href={home}
          label={ctx.user === null ? "Back to sign-in" : "Back to Up next"}
        />
      </div>
    </Layout>
  );
}

/** What went wrong with an htmx request. A part with its own target leaves what stands on the page alone. */
export function ErrorToast({ ctx, error }: { ctx: ViewContext; error: ErrorModel }): JSX.Element {
  return (
    <ToastUpdate>
      <Toast ctx={ctx} tone="error" text={[error.detail, error.hint ?? ""].join(" ").trim()} />
    </ToastUpdate>
  );
}

import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog, DialogPage } from "../ui/dialog.tsx";
import { hx } from "../ui/hx.ts";
import { attr } from "../ui/text.ts";
import { PinWaiting } from "./pin-dialog.tsx";

export type SignInWithFormProps = {
  ctx: ViewContext;
  way: { provider: string; label: string };
  next: string | null;
};

/** As connecting a server: app.js opens the service's page inside the click; without script the next page leads there. */
export function SignInWithForm({ ctx, way, next }: SignInWithFormProps): JSX.Element {
  return (
    <ActionForm
      action={ctx.paths.signInWith(way.provider)}
      live={{ target: target("dialog"), swap: "innerHTML" }}
      attributes={{ "data-popup": "" }}
    >
      {next === null ? "" : <input type="hidden" name="next" value={attr(next)} />}
      <Button ctx={ctx} icon="external" label={`Sign in with ${way.label}`} wide />
    </ActionForm>
  );
}

export type SignInAttempt = { provider: string; providerName: string; pinId: string } & (
  | { state: "waiting"; authUrl: string; expiresAt: number }
  | { state: "expired" }
  | { state: "refused"; message: string; hint: string | null }
);

type Props = { ctx: ViewContext; attempt: SignInAttempt };

const titleOf = ({ providerName }: SignInAttempt) => `Sign in with ${providerName}`;

export function SignInWithDialog({ ctx, attempt }: Props): JSX.Element {
  return (
    <Dialog ctx={ctx} scope="sign-in" title={titleOf(attempt)}>
      <SignInWithPanel ctx={ctx} attempt={attempt} />
    </Dialog>
  );
}

export function SignInWithPage({ ctx, attempt }: Props): JSX.Element {
  return (
    <DialogPage scope="sign-in" title={titleOf(attempt)}>
      <SignInWithPanel ctx={ctx} attempt={attempt} />
    </DialogPage>
  );
}

/** Only `waiting` asks again; whoever is let in is sent on by the answer itself. */
export function SignInWithPanel({ ctx, attempt }: Props): JSX.Element {
  const { provider, providerName, pinId } = attempt;
  const panel = id("sign-in", pinId);
  if (attempt.state === "waiting") {
    const at = ctx.paths.signInWithPin(provider, pinId);
    const polling = hx({
      get: at,
      trigger: "every 2s",
      target: target("sign-in", pinId),
      swap: "outerMorph",
      keepOnError: true,
    });
    return (
      <div id={panel} class="pin" {...polling}>
        <PinWaiting
          ctx={ctx}
          providerName={providerName}
          authUrl={attempt.authUrl}
          expiresAt={attempt.expiresAt}
          at={at}
        />
      </div>
    );
  }
  return (
    <div id={panel} class="pin" data-popup-close="">
      {attempt.state === "refused" ? (
        <Refused attempt={attempt} />
      ) : (
        <p role="alert">Nobody signed in while the code was valid. A new one takes a second.</p>
      )}
      <div class="actions">
        <ButtonLink ctx={ctx} kind="primary" href={ctx.paths.login()} label="Back to signing in" />
      </div>
    </div>
  );
}

function Refused({ attempt }: { attempt: Extract<SignInAttempt, { state: "refused" }> }): JSX.Element {
  return (
    <>
      <p role="alert" dir="auto" safe>
        {attempt.message}
      </p>
      {attempt.hint === null ? (
        ""
      ) : (
        <p class="dim" dir="auto" safe>
          {attempt.hint}
        </p>
      )}
    </>
  );
}

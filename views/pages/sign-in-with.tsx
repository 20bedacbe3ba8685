import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { type SignInAttempt, SignInWithPage } from "../parts/sign-in-with.tsx";

/** The attempt as a page, for readers without script. */
export function SignInWithDocument({ ctx, attempt }: { ctx: ViewContext; attempt: SignInAttempt }): JSX.Element {
  const waiting = attempt.state === "waiting" ? { refreshSeconds: 3 } : {};
  return (
    <Layout ctx={ctx} title={`Sign in with ${attempt.providerName}`} frame="bare" {...waiting}>
      <SignInWithPage ctx={ctx} attempt={attempt} />
    </Layout>
  );
}

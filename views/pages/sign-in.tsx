import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { SignInWithForm } from "../parts/sign-in-with.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { attr } from "../ui/text.ts";

export type CredentialsForm = {
  username: string;
  /** What is wrong with the whole attempt: "The username or the password is wrong." */
  problem?: string | undefined;
  errors: Readonly<Record<string, string>>;
};

export const EMPTY_CREDENTIALS: CredentialsForm = { username: "", errors: {} };

type FormProps = { ctx: ViewContext; form: CredentialsForm };

function Problem({ form }: { form: CredentialsForm }): JSX.Element {
  if (form.problem === undefined) return "";
  return (
    <p class="hint hint-bad" role="alert" safe>
      {form.problem}
    </p>
  );
}

function NewCredentials({ form }: { form: CredentialsForm }): JSX.Element {
  return (
    <>
      <Field
        label="Username"
        name="username"
        value={form.username}
        error={form.errors["username"]}
        autocomplete="username"
        required
        autofocus
        maxlength={64}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        error={form.errors["password"]}
        hint="At least 8 characters."
        autocomplete="new-password"
        required
        minlength={8}
      />
    </>
  );
}

/** The first visit: an account, and then straight to what matters. */
export function SetupPage({ ctx, form }: FormProps): JSX.Element {
  return (
    <Layout ctx={ctx} title="Welcome" frame="bare">
      <Card>
        <h1>Welcome</h1>
        <p class="dim">
          Make the first account. It looks after this installation, and can make accounts for the rest of the household.
        </p>
        <Problem form={form} />
        <form class="form" method="post" action={ctx.paths.setup()}>
          <NewCredentials form={form} />
          <Button ctx={ctx} kind="primary" label="Create account" wide />
        </form>
        <p class="dim">Everything stays on this machine. Next you connect your media server.</p>
      </Card>
    </Layout>
  );
}

export type LoginProps = FormProps & {
  next: string | null;
  /** Anyone may make an account here. */
  openSignUp: boolean;
  /** Services whose accounts may come in. */
  ways: readonly { provider: string; label: string }[];
};

export function LoginPage({ ctx, form, next, openSignUp, ways }: LoginProps): JSX.Element {
  return (
    <Layout ctx={ctx} title="Sign in" frame="bare">
      <Card>
        <h1>Sign in</h1>
        <Problem form={form} />
        <form class="form" method="post" action={ctx.paths.login()}>
          {next === null ? "" : <input type="hidden" name="next" value={attr(next)} />}
          <Field
            label="Username"
            name="username"
            value={form.username}
            error={form.errors["username"]}
            autocomplete="username"
            required
            autofocus
          />
          <Field
            label="Password"
            name="password"
            type="password"
            error={form.errors["password"]}
            autocomplete="current-password"
            required
          />
          <Button ctx={ctx} kind="primary" label="Sign in" wide />
        </form>
        {ways.length === 0 ? (
          ""
        ) : (
          <div class="sign-in-ways">
            {ways.map((way) => (
              <SignInWithForm ctx={ctx} way={way} next={next} />
            ))}
          </div>
        )}
        {openSignUp ? (
          <p>
            <a class="link" href={ctx.paths.signUp()}>
              Make an account
            </a>
          </p>
        ) : (
          <p class="dim">Password lost? The admin can set a new one on this installation's command line.</p>
        )}
      </Card>
    </Layout>
  );
}

export function SignUpPage({ ctx, form }: FormProps): JSX.Element {
  return (
    <Layout ctx={ctx} title="Make an account" frame="bare">
      <Card>
        <h1>Make an account</h1>
        <Problem form={form} />
        <form class="form" method="post" action={ctx.paths.login()}>
          <input type="hidden" name="account" value="new" />
          <NewCredentials form={form} />
          <Button ctx={ctx} kind="primary" label="Create account" wide />
        </form>
        <p>
          <a class="link" href={ctx.paths.login()}>
            I have an account
          </a>
        </p>
      </Card>
    </Layout>
  );
}

/** Where the media server's sign-in page leads its window back to. app.js closes it; without that it says so. */
export function PinReturnPage({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <Layout ctx={ctx} title="You may close this window" frame="bare">
      <Card attributes={{ "data-close-window": "" }}>
        <h1>You may close this window</h1>
        <p>Episode Tracker carries on in the window you came from.</p>
        <p>
          <a class="link" href={ctx.paths.integrations()}>
            Go to Integrations
          </a>
        </p>
      </Card>
    </Layout>
  );
}

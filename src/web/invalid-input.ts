import { AppError } from "../kernel/errors.ts";

/** One finding of the framework's validator. */
type Issue = { path: string; message: string; value: unknown; schema: unknown };

function issueOf(found: unknown): Issue {
  const issue = typeof found === "object" && found !== null ? found : {};
  const at = (name: string): unknown => Reflect.get(issue, name);
  return {
    path: String(at("path") ?? ""),
    message: String(at("message") ?? ""),
    value: at("value"),
    schema: at("schema"),
  };
}

const words: [RegExp, string][] = [
  [/^Expected integer$/, "Must be a whole number."],
  [/^Expected (string|boolean|number|array|object)$/, "Must be of type $1."],
  [/^Expected string length greater or equal to (\d+)$/, "Must have at least $1 characters."],
  [/^Expected string length less or equal to (\d+)$/, "Must have at most $1 characters."],
  [/^Expected (?:integer|number) to be greater or equal to (-?\d+)$/, "Must be at least $1."],
  [/^Expected (?:integer|number) to be less or equal to (-?\d+)$/, "Must be at most $1."],
];

type Choice = { type?: string; const?: unknown; minimum?: number; maximum?: number };

function choicesOf(schema: unknown): Choice[] {
  const choices: unknown = typeof schema === "object" && schema !== null ? Reflect.get(schema, "anyOf") : undefined;
  return Array.isArray(choices) ? choices.filter((each) => typeof each === "object" && each !== null) : [];
}

function ofChoices(choices: readonly Choice[]): string {
  const names = choices.map((each) => each.const);
  if (names.length > 0 && !names.includes(undefined)) return `Must be one of ${names.join(", ")}.`;
  const whole = choices.find(({ type }) => type === "integer");
  if (whole === undefined) return "Is not an allowed value.";
  const least = whole.minimum === undefined ? "" : `, at least ${whole.minimum}`;
  const most = whole.maximum === undefined ? "" : `, at most ${whole.maximum}`;
  return `Must be a whole number${least}${most}.`;
}

function plainWords({ message, value, schema }: Issue): string {
  if (value === undefined) return "Is required.";
  const known = words.find(([pattern]) => pattern.test(message));
  return known === undefined ? ofChoices(choicesOf(schema)) : message.replace(known[0], known[1]);
}

/** The framework's validation result in our words: which field, and what it must be. */
export function invalidInput(found: readonly unknown[]): AppError {
  const fields = new Map<string, string>();
  for (const issue of found.map(issueOf)) {
    const field = issue.path.replace(/^\//, "").replaceAll("/", ".");
    if (!fields.has(field)) fields.set(field, plainWords(issue));
  }
  return new AppError("invalid", "Please check what you sent.", {
    fields: [...fields].map(([path, message]) => ({ path, message })),
  });
}

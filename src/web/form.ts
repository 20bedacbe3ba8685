import type { z } from "zod";
import { AppError } from "../kernel/errors.ts";
import { formOf } from "./context.ts";

/** One value per name; several are an array. */
export function formValues(form: URLSearchParams): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const all = form.getAll(name);
    values[name] = all.length === 1 ? (all[0] ?? "") : all;
  }
  return values;
}

/** The posted form, read by a schema. Throws `invalid` with the fields at fault, in the schema's words. */
export function readForm<Schema extends z.ZodType>(request: Request, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(formValues(formOf(request)));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new AppError("invalid", "Please check what you entered.", { fields });
}

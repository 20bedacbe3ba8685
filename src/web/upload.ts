import { z } from "zod";
import { CSV_FIELDS, DATE_ORDERS, IMPORT_FORMATS } from "../domain/imports/model.ts";
import { AppError } from "../kernel/errors.ts";
import type { ImportOptions, Upload } from "../services/transfer/types.ts";
import { HttpProblem } from "./errors.ts";

/** Fields of the form besides the file; all of them text, as multipart has it. */
const fields = z.object({
  format: z.enum(IMPORT_FORMATS, `Must be one of ${IMPORT_FORMATS.join(", ")}.`).optional(),
  columns: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("Must be JSON: an object of field and column.");
        return z.NEVER;
      }
    })
    .pipe(z.partialRecord(z.enum(CSV_FIELDS), z.string()))
    .optional(),
  dateOrder: z.enum(DATE_ORDERS, `Must be one of ${DATE_ORDERS.join(", ")}.`).optional(),
  timeZone: z.string().max(100).optional(),
  bringBack: z.stringbool("Must be true or false.").optional(),
  apply: z.stringbool("Must be true or false.").optional(),
});

export type ReadUpload = { file: Upload; options: ImportOptions; apply: boolean };

function refuse(path: string, message: string): AppError {
  return new AppError("invalid", "Please check what you sent.", { fields: [{ path, message }] });
}

async function formData(request: Request) {
  try {
    return await request.formData();
  } catch {
    throw new HttpProblem(400, "Malformed request", "The form with the file cannot be read.");
  }
}

/** A multipart form with a file. Read here and not by the framework, which takes fields that look like JSON apart. */
export async function readUpload(request: Request): Promise<ReadUpload> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type))
    throw new HttpProblem(415, "Unsupported type", "Send the file as `multipart/form-data` in a field named `file`.");
  const form = await formData(request);
  const file = form.get("file");
  if (!(file instanceof File) || file.name === "") throw refuse("file", "Choose a file.");
  const given = Object.fromEntries([...form].filter(([name, value]) => name !== "file" && value !== ""));
  const read = fields.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refuse(issue?.path.join(".") ?? "file", issue?.message ?? "Is not as expected.");
  }
  const { apply = false, ...options } = read.data;
  return { file: { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }, options, apply };
}

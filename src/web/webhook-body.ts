const isForm = /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/**
 * What was delivered, as data: a form's fields by their names, anything else as JSON whatever it calls itself. Null when
 * it cannot be read. Pictures that come along are left where they are.
 */
export async function readWebhookBody(request: Request): Promise<unknown> {
  try {
    if (!isForm.test(request.headers.get("content-type") ?? "")) return JSON.parse(await request.text());
    return await fieldsOf(await request.formData());
  } catch {
    return null;
  }
}

type Form = Awaited<ReturnType<Request["formData"]>>;

async function fieldsOf(form: Form): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form) {
    // Some senders give the part that holds the message the name of a file.
    if (typeof value === "string") fields[name] = value;
    else if (/\bjson$|^text\//.test(value.type.split(";")[0] ?? "")) fields[name] = await value.text();
  }
  return fields;
}

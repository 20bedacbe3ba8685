/**
 * What was delivered, as data, whatever it calls itself: JSON, or a form's fields by their names, or the text as it came
 * when it is neither. Pictures that come along are left where they are.
 */
export async function readWebhookBody(request: Request): Promise<unknown> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  return jsonIn(text) ?? (await partsIn(bytes)) ?? fieldsIn(text) ?? text;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The parts begin with the line that parts them: its type, which may not have come along, is not needed. */
async function partsIn(bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, string> | null> {
  const first = /^(?:\r?\n)*--([^\r\n]{1,70})\r?\n/.exec(new TextDecoder().decode(bytes.subarray(0, 80)))?.[1];
  if (first === undefined) return null;
  const headers = { "content-type": `multipart/form-data; boundary="${first}"` };
  try {
    return await textsOf(await new Response(bytes, { headers }).formData());
  } catch {
    return null;
  }
}

type Form = Awaited<ReturnType<Request["formData"]>>;

async function textsOf(form: Form): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form) {
    // Some senders give the part that holds the message the name of a file.
    if (typeof value === "string") fields[name] = value;
    else if (/\bjson$|^text\//.test(value.type.split(";")[0] ?? "")) fields[name] = await value.text();
  }
  return fields;
}

function fieldsIn(text: string): Record<string, string> | null {
  return /^[\w.%+-]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : null;
}

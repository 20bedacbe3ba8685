/** Turns the JSON form of a Plex answer into its XML form: scalars become attributes (all strings), objects elements. */

type Json = Record<string, unknown>;

export function escapeXml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;")
    .replace(/[\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const elementOfType: Record<string, string> = {
  episode: "Video",
  movie: "Video",
  clip: "Video",
  show: "Directory",
  season: "Directory",
  artist: "Directory",
};

function elementName(name: string, value: Json): string {
  if (name !== "Metadata") return name;
  return elementOfType[String(value["type"])] ?? "Directory";
}

function attribute(value: unknown): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}

export function xmlElement(name: string, value: Json): string {
  let attributes = "";
  let children = "";
  for (const [key, field] of Object.entries(value)) {
    if (field === null || field === undefined) continue;
    if (Array.isArray(field)) {
      for (const child of field) {
        children += isObject(child)
          ? xmlElement(elementName(key, child), child)
          : `<${key} id="${escapeXml(String(child))}"/>`;
      }
    } else if (isObject(field)) {
      children += xmlElement(key, field);
    } else {
      attributes += ` ${key}="${escapeXml(attribute(field))}"`;
    }
  }
  const tag = elementName(name, value);
  return children === "" ? `<${tag}${attributes} />\n` : `<${tag}${attributes}>\n${children}</${tag}>\n`;
}

export function xmlDocument(name: string, value: Json): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(name, value)}`;
}

export function xmlResponse(name: string, value: Json, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(xmlDocument(name, value), {
    status,
    headers: { "content-type": "text/xml;charset=utf-8", ...headers },
  });
}

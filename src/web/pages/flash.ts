import { z } from "zod";
import type { Flash } from "../../../views/context.ts";
import { contextOf } from "../context.ts";
import { readCookie } from "../guard.ts";

const NAME = "et_flash";
/** Seconds: only as long as a redirect takes. */
const LIFE = 60;
const LONGEST = 1500;

const schema = z.object({
  tone: z.enum(["info", "attention", "error", "success"]),
  text: z.string().max(600),
  undo: z.object({ token: z.string().max(100), back: z.string().max(300) }).optional(),
});

/** Words for the page that a redirect leads to. Shown as text and to this browser only, so nothing is signed. */
export function flashCookie(flash: Flash, request: Request, basePath: string): string {
  const value = encodeURIComponent(JSON.stringify({ ...flash, text: flash.text.slice(0, 300) }));
  return `${NAME}=${value}; Max-Age=${LIFE}; ${attributes(request, basePath)}`;
}

export function spentFlashCookie(request: Request, basePath: string): string {
  return `${NAME}=; Max-Age=0; ${attributes(request, basePath)}`;
}

export function readFlash(request: Request): Flash | undefined {
  const raw = readCookie(request, NAME);
  if (raw === null || raw === "" || raw.length > LONGEST * 3) return undefined;
  const read = schema.safeParse(parsed(raw));
  return read.success ? read.data : undefined;
}

/** A cookie is whatever the browser sends; one that is not ours says nothing. */
function parsed(raw: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(raw));
  } catch {
    return null;
  }
}

function attributes(request: Request, basePath: string): string {
  const secure = contextOf(request).https ? "; Secure" : "";
  return `Path=${basePath === "" ? "/" : basePath}; HttpOnly; SameSite=Lax${secure}`;
}

/** What the actions of the control API read from their JSON bodies. */

export type Json = Record<string, unknown>;

export class ControlError extends Error {}

export function text(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw new ControlError(`${name} (text) is missing`);
  return value;
}

export function optionalNumber(body: Json, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return value;
  const parsed = Date.parse(String(value));
  if (Number.isNaN(parsed)) throw new ControlError(`${name} must be epoch milliseconds or an ISO time`);
  return parsed;
}

import { AppError } from "../kernel/errors.ts";

const socketReasons: [RegExp, string][] = [
  [/^(ECONNREFUSED|ConnectionRefused)$/, "Nothing answers on that port."],
  [/^(ENOTFOUND|EAI_AGAIN|DNSException|DNS_.*|FailedToOpenSocket)$/, "The name cannot be found."],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, "That network cannot be reached from here."],
  [/^(ECONNRESET|ConnectionClosed|EPIPE)$/, "The connection was closed in the middle."],
  [/^(EPROTO|ERR_SSL_.*)$/, "No https is spoken at this address."],
];

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** Why an address is of no use, in one sentence about the address; `kind`: what should answer there. */
export function explain(error: unknown, kind: string): { reason: string; certificate: boolean } {
  if (!(error instanceof AppError)) throw error;
  const cause = error.cause;
  const code = cause instanceof Error ? String(Reflect.get(cause, "code") ?? "") : "";
  if (certificateCodes.test(code)) {
    const reason = "The certificate does not fit this address. If it is your own server, skip the certificate check.";
    return { reason, certificate: true };
  }
  return { reason: reasonOf(error, code, kind), certificate: false };
}

function reasonOf(error: AppError, code: string, kind: string): string {
  const { status } = error;
  if (error.cause instanceof Error && error.cause.name === "TimeoutError") return "Timed out: no answer came.";
  if (status === 401 || status === 403) return `The server does not accept this sign-in (HTTP ${status}).`;
  if (error.code === "bad-answer" && (status === undefined || status < 400)) {
    if (error.hint !== undefined && status !== undefined && status >= 300) return error.message;
    return `A web page or something else answers there, not ${kind}.`;
  }
  if (status === 404) return `Something else than ${kind} answers there (HTTP 404).`;
  if (error.retryAfterMs !== undefined) return `The server is starting (HTTP ${status}). Try again in a minute.`;
  if (status !== undefined) return `The server is not ready (HTTP ${status}).`;
  return socketReasons.find(([pattern]) => pattern.test(code))?.[1] ?? "The address cannot be reached.";
}

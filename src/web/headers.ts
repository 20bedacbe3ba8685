/** On every answer. Pages load nothing from elsewhere and run no script of their own making. */
const security: Record<string, string> = {
  "content-security-policy": [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  // Not `no-referrer`: browsers would then send `Origin: null` with our own forms, and the guard would refuse them.
  "referrer-policy": "same-origin",
};

/** Adds what every answer carries. Pages and data are the user's own: no cache keeps them unless their route says so. */
export function finishHeaders(response: Response, requestId: string): void {
  const { headers } = response;
  for (const [name, value] of Object.entries(security)) if (!headers.has(name)) headers.set(name, value);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  headers.set("x-request-id", requestId);
}

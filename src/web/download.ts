/** A file as it is, to be saved and never shown. */
export function download(path: string, name: string): Response {
  return new Response(Bun.file(path), {
    headers: {
      "content-type": "application/octet-stream",
      // Names of ours only: letters, digits, dots and hyphens.
      "content-disposition": `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"`,
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "no-store",
    },
  });
}

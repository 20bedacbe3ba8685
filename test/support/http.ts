export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; throws when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely, and fail where these are not as expected
  json: any;
};

export type RequestOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: Exclude<RequestInit["body"], undefined>;
};

export type Client = {
  cookies: Map<string, string>;
  request(path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  patch(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** A form post as a page without script makes it. */
  form(path: string, fields: Record<string, string>): Promise<Answer>;
  /** The answer as it is, for streams. The caller ends it. */
  open(path: string, init?: RequestInit): Promise<Response>;
};

/** A browser without a window: keeps cookies, follows no redirect, names its origin when it writes. */
export function createClient(root: string): Client {
  const cookies = new Map<string, string>();
  const { origin } = new URL(root);

  function headersFor(method: string, extra: Record<string, string>): Record<string, string> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sameOrigin: Record<string, string> = method === "GET" || method === "HEAD" ? {} : { origin };
    return { ...(cookie === "" ? {} : { cookie }), ...sameOrigin, ...extra };
  }

  function keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }

  function open(path: string, init: RequestInit = {}): Promise<Response> {
    const method = init.method ?? "GET";
    const extra = Object.fromEntries(new Headers(init.headers));
    return fetch(`${root}${path}`, { redirect: "manual", ...init, headers: headersFor(method, extra) });
  }

  async function request(path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await open(path, options);
    keep(response.headers);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text);
      },
    };
  }

  const withJson =
    (method: string) =>
    (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      request(path, {
        method,
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });

  return {
    cookies,
    request,
    open,
    get: (path, headers = {}) => request(path, { headers }),
    post: withJson("POST"),
    put: withJson("PUT"),
    patch: withJson("PATCH"),
    delete: (path) => request(path, { method: "DELETE" }),
    form: (path, fields) => request(path, { method: "POST", body: new URLSearchParams(fields) }),
  };
}

import type { AnyElysia } from "elysia";

type Route = { method: string; path: string };

function pattern(path: string): RegExp {
  const parts = path.split("/").map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("/")}/?$`);
}

/** Which methods a path knows: tells "there is no such page" from "not like this". */
export function createMethodFinder(app: AnyElysia): (pathname: string) => string[] {
  let routes: { method: string; pattern: RegExp }[] | undefined;
  return (pathname) => {
    routes ??= app.routes.map(({ method, path }: Route) => ({ method, pattern: pattern(path) }));
    const known = routes.filter((route) => route.pattern.test(pathname)).map(({ method }) => method);
    if (known.includes("GET")) known.push("HEAD");
    return [...new Set(known)].sort();
  };
}

import { titleKey } from "../../domain/title.ts";

export type TitleIndex = ReturnType<typeof createTitleIndex>;

/** Which of a server's shows bear a title. Several may; then the title alone decides nothing. */
export function createTitleIndex(initial: Iterable<{ title: string; serverShow: string }>) {
  const identities = new Map<string, Set<string>>();

  function add({ title, serverShow }: { title: string; serverShow: string }): void {
    const { key } = titleKey(title);
    const there = identities.get(key) ?? new Set<string>();
    identities.set(key, there.add(serverShow));
  }

  for (const each of initial) add(each);
  return { add, of: (title: string): ReadonlySet<string> => identities.get(titleKey(title).key) ?? new Set() };
}

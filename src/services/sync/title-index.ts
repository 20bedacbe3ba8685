import { titleKey } from "../../domain/title.ts";

export type TitleIndex = ReturnType<typeof createTitleIndex>;

type Titled = { title: string; serverShow: string };

/** Which of a server's shows bear a title. Several may; then the title alone decides nothing. */
export function createTitleIndex(initial: Iterable<Titled>) {
  const identities = new Map<string, Set<string>>();
  // Hardly any reading asks for a title; making keys of a thousand of them takes longer than reading one episode.
  let unread: Titled[] = [...initial];

  function add({ title, serverShow }: Titled): void {
    const { key } = titleKey(title);
    const there = identities.get(key) ?? new Set<string>();
    identities.set(key, there.add(serverShow));
  }

  function of(title: string): ReadonlySet<string> {
    for (const each of unread) add(each);
    unread = [];
    return identities.get(titleKey(title).key) ?? new Set();
  }

  return { add, of };
}

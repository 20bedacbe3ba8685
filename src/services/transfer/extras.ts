import type { Db } from "../../db/open.ts";
import { deleteImportedIntegration, fillProfile, profileOf, setProfile } from "../../db/repos/imports.ts";
import { insertIntegration, integrationByServer } from "../../db/repos/integrations.ts";
import { deleteUnmetMatch, matchOf, saveMatch } from "../../db/repos/matches.ts";
import type { ImportedMatch, ParsedImport } from "../../domain/imports/model.ts";
import { isProviderId } from "../../domain/providers.ts";
import type { ImportUndo } from "./undo-journal.ts";

// What only our own export holds besides shows: preferences, and which show each server's show is.

type Work = { db: Db; userId: number; now: number };

export function writeExtras(
  work: Work,
  parsed: ParsedImport,
  showIds: ReadonlyMap<string, number>,
  undo: ImportUndo,
): void {
  const { db, userId } = work;
  const before = parsed.profile === null ? null : fillProfile(db, userId, parsed.profile);
  const after = profileOf(db, userId);
  if (before !== null && after !== null && undo.profile === null) undo.profile = { before, after };
  for (const match of parsed.matches) {
    const showId = showIds.get(match.show);
    if (showId !== undefined && isProviderId(match.provider)) rememberMatch(work, match, showId, undo);
  }
}

/** For a server that is not connected yet, too: connecting it goes on from there. */
function rememberMatch({ db, userId, now }: Work, match: ImportedMatch, showId: number, undo: ImportUndo): void {
  const { provider, serverId, serverName, accountId, accountName, serverShow, title, year, ids } = match;
  const known = integrationByServer(db, userId, provider, serverId);
  const integrationId =
    known?.id ??
    insertIntegration(db, {
      userId,
      provider,
      serverId,
      serverName,
      serverUrl: "",
      accountId,
      accountName,
      schedule: "0 * * * *",
      disconnectedAt: now,
      createdAt: now,
      updatedAt: now,
    });
  if (known === undefined) undo.integrations.push(integrationId);
  const there = matchOf(db, integrationId, serverShow);
  if (there !== undefined) return;
  undo.matches.push({ integrationId, serverShow });
  saveMatch(
    db,
    {
      integrationId,
      serverShow,
      itemId: "",
      showId,
      method: match.method,
      confidence: match.confidence,
      chosenByUser: match.chosen ? 1 : 0,
      title,
      year,
      ids: JSON.stringify(ids),
      evidence: JSON.stringify({
        lines: [{ label: match.chosen ? "Chosen by you" : "Taken over by an import", points: 100 }],
      }),
    },
    now,
  );
}

/** Only what still is as the import left it. */
export function takeBackExtras(db: Db, userId: number, { profile, matches, integrations }: ImportUndo): void {
  const now = profileOf(db, userId);
  if (profile !== null && now !== null) {
    const back = <Name extends keyof typeof now>(name: Name) =>
      now[name] === profile.after[name] ? profile.before[name] : now[name];
    setProfile(db, userId, {
      timeZone: back("timeZone"),
      theme: back("theme"),
      dateFormat: back("dateFormat"),
      titleLanguage: back("titleLanguage"),
    });
  }
  for (const { integrationId, serverShow } of matches) deleteUnmetMatch(db, integrationId, serverShow);
  for (const id of integrations) deleteImportedIntegration(db, id);
}

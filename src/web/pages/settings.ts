import { Elysia } from "elysia";
import { z } from "zod";
import { TitlesProgress, type YouModel } from "../../../views/pages/settings/you.tsx";
import { titleProgress } from "../../db/repos/titles.ts";
import type { ProfileInput, User } from "../../services/accounts/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { reload, settingsFrame } from "./settings-frame.ts";
import { languageOptions, timeZoneOptions } from "./settings-words.ts";

const nameForm = z.object({ username: z.string().max(1000) });
const themeForm = z.object({ theme: z.enum(["auto", "dark", "light"]) });
const preferencesForm = z.object({
  timeZone: z.string().max(100).optional(),
  dateFormat: z.enum(["auto", "dmy", "mdy", "ymd"]).optional(),
  titleLanguage: z.string().max(20).optional(),
});

const hidden = { detail: { hide: true } };

const orNull = (text: string): string | null => (text === "" ? null : text);

/** Each choice of the page is a form of its own; what a form does not carry stays. */
function preferences({ timeZone, dateFormat, titleLanguage }: z.infer<typeof preferencesForm>): ProfileInput {
  return {
    ...(timeZone === undefined ? {} : { timeZone: orNull(timeZone) }),
    ...(titleLanguage === undefined ? {} : { titleLanguage: orNull(titleLanguage) }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
  };
}

function savedWords({ dateFormat, titleLanguage }: ProfileInput): string {
  if (titleLanguage === null) return "Titles are as the sources name them.";
  if (titleLanguage !== undefined) return "The language of titles is saved. Titles arrive one show after the other.";
  return dateFormat === undefined ? "The time zone is saved." : "The date format is saved.";
}

export function createSettingsPage(deps: RouteDeps) {
  const { accounts, config, db, enrichment, paths } = deps;

  const you = (user: User): YouModel => ({
    username: user.username,
    theme: user.theme,
    timeZone: user.timeZone ?? "",
    timeZones: timeZoneOptions(config.timeZone, user.timeZone),
    dateFormat: user.dateFormat,
    titleLanguage: user.titleLanguage ?? "",
    languages: languageOptions(),
    hasSources: deps.sources.length > 0,
    titles: titleProgress(db, user.id),
  });
  const frame = settingsFrame(deps, paths.settings(), (user) => ({ tab: "you", you: you(user) }));

  return new Elysia()
    .get("/settings", ({ request }) => frame.page(request), hidden)
    .get(
      "/settings/titles",
      ({ request }) => {
        const { ctx, userId, ...reply } = visit(deps, request);
        if (!reply.part) return reply.go(paths.settings());
        return reply.fragment(TitlesProgress({ ctx, titles: titleProgress(db, userId) }));
      },
      hidden,
    )
    .post(
      "/settings/profile",
      ({ request }) =>
        frame.attempt(request, "profile", () => {
          const { username } = accounts.updateProfile(userOf(request).id, readForm(request, nameForm));
          return reload(deps, request, paths.settings(), `You are ${username} from now on.`);
        }),
      hidden,
    )
    .post(
      "/settings/appearance",
      ({ request }) => {
        accounts.updateProfile(userOf(request).id, readForm(request, themeForm));
        return frame.saved(request, "The appearance is saved.");
      },
      hidden,
    )
    .post(
      "/settings/preferences",
      ({ request }) =>
        frame.attempt(request, "preferences", () => {
          const change = preferences(readForm(request, preferencesForm));
          accounts.updateProfile(userOf(request).id, change);
          if (change.titleLanguage != null) enrichment.enqueueTitles();
          return frame.saved(request, savedWords(change));
        }),
      hidden,
    );
}

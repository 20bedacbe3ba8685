import type { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import { checked, type HttpAnswer } from "../../kernel/http.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { HomeApi } from "../contract.ts";
import type { PlexTvCall } from "./account.ts";
import { errorsSchema, homeSchema, switchedSchema } from "./schemas.ts";
import { bodyValue } from "./xml.ts";

const name = "plex.tv";
/** Plex's word for a PIN that is wrong or missing. */
const wrongPin = 1041;

/** Plex Home: profiles that the account of its admin may switch to. */
export function createHome(call: PlexTvCall): HomeApi {
  return {
    members: (token) =>
      call("GET", "/api/v2/home/users", {
        token,
        accept: [403, 404],
        read(answer) {
          if (answer.status === 403 || answer.status === 404) return null;
          return as(homeSchema)(answer).map((member) => ({
            memberId: member.uuid,
            accountId: member.id,
            name: member.title || member.username || member.email || `Profile ${member.id}`,
            isAdmin: member.admin ?? false,
            managed: !member.username && !member.email,
            protected: member.protected ?? false,
          }));
        },
      }),

    switchTo: (token, { memberId, pin }) =>
      call("POST", `/api/v2/home/users/${encodeURIComponent(memberId)}/switch`, {
        token,
        query: pin === null ? {} : { pin: pin.reveal() },
        accept: [403, 404],
        read(answer) {
          if (answer.status === 403) throw refused(answer, pin);
          if (answer.status === 404) throw new AppError("not-found", "This profile is not in the Plex Home any more.");
          return secret(as(switchedSchema)(answer).authToken);
        },
        // Each try counts as a guess at the PIN, and many switches in a row are answered with 429.
        tries: 1,
      }),
  };
}

function refused(answer: HttpAnswer, pin: Secret | null): AppError {
  const parsed = errorsSchema.safeParse(bodyValue(name, answer));
  if (!parsed.success || !parsed.data.errors.some(({ code }) => code === wrongPin)) {
    return new AppError("unsupported", "Plex does not let this account open the profile.", {
      status: answer.status,
      hint: "Only the account that looks after the Plex Home can.",
    });
  }
  const message = pin === null ? "This profile asks for its PIN." : "This PIN is wrong.";
  return new AppError("invalid", message, { fields: [{ path: "pin", message }] });
}

function as<Out>(schema: z.ZodType<Out>): (answer: HttpAnswer) => Out {
  return (answer) => checked(name, schema, bodyValue(name, answer));
}

import { AppError } from "../../kernel/errors.ts";
import { asJson } from "../../kernel/http.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { AccountApi, AccountPlace } from "../contract.ts";
import { createMediaBrowserClient } from "./client.ts";
import type { MediaBrowserDeps } from "./config.ts";
import { identityOf } from "./find.ts";
import { toAccount } from "./mapper.ts";
import { createProbe } from "./probe.ts";
import { publicInfoSchema, type User, userSchema } from "./schemas.ts";

const name = "The server";

export function createAccountApi(deps: MediaBrowserDeps): AccountApi {
  const { dialect } = deps;
  const clientAt = ({ url, insecureTls, deviceId }: AccountPlace, token: Secret) =>
    createMediaBrowserClient(deps, { name, url, token, insecureTls, deviceId });
  const whoAmI = (token: Secret, place: AccountPlace): Promise<User> =>
    clientAt(place, token).ask(dialect.me(place), { read: asJson(name, userSchema) });

  return {
    account: async (token, place) => toAccount(await whoAmI(token, known(place))),

    async servers(token, place) {
      const where = known(place);
      const user = await whoAmI(token, where);
      const info = await clientAt(where, token).ask("/System/Info/Public", { read: asJson(name, publicInfoSchema) });
      const { serverId, name: serverName, version } = identityOf(deps, info);
      return [
        {
          serverId,
          name: serverName,
          owned: user.Policy.IsAdministrator === true,
          ownerName: null,
          version,
          online: true,
          connections: [{ url: where.url, kind: "typed" }],
          token,
        },
      ];
    },

    async ping(token, place) {
      await whoAmI(token, known(place));
    },

    async signOut(token, place) {
      const where = known(place);
      // A key is the server owner's and may serve others too.
      if (where.byKey) return;
      await clientAt(where, token).ask("/Sessions/Logout", { method: "POST", read: () => undefined });
    },

    probe: createProbe(deps),
  };
}

function known(place: AccountPlace | undefined): AccountPlace {
  if (place === undefined) throw new AppError("internal", "A server with accounts of its own was asked for nowhere.");
  return place;
}

import { chownSync, existsSync, statSync } from "node:fs";
import { ourIdentity } from "./data-folder.ts";

/** Files made by root (sudo, docker exec) go to the folder's owner, so that the server can still use them. */
export function giveToOwnerOf(folder: string, ...files: string[]): void {
  if (ourIdentity().uid !== 0) return;
  const { uid, gid } = statSync(folder);
  for (const file of files) {
    if (existsSync(file)) chownSync(file, uid, gid);
  }
}

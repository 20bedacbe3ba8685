export type Mount = { point: string; type: string; source: string; readOnly: boolean };

/** Spaces and the like stand as octal numbers in /proc/self/mountinfo (proc(5)). */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function parseLine(line: string): Mount | null {
  const [before = "", after = ""] = line.split(" - ");
  const point = before.split(" ")[4];
  const options = before.split(" ")[5];
  const [type, source, superOptions] = after.split(" ");
  if (point === undefined || type === undefined || options === undefined) return null;
  const readOnly = options.split(",").includes("ro") || (superOptions ?? "").split(",").includes("ro");
  return { point: unescaped(point), type, source: unescaped(source ?? ""), readOnly };
}

/** The mount that a path lies on: of those above it the longest, of equal ones the last mounted. */
export function mountOf(path: string, mountinfo: string): Mount | null {
  let best: Mount | null = null;
  for (const line of mountinfo.split("\n")) {
    const mount = parseLine(line);
    if (mount === null) continue;
    const folder = mount.point.endsWith("/") ? mount.point : `${mount.point}/`;
    const above = path === mount.point || path.startsWith(folder);
    if (above && mount.point.length >= (best?.point.length ?? 0)) best = mount;
  }
  return best;
}

/** File systems that live on another machine: SQLite's write-ahead log needs shared memory and locks that they lack. */
export function isNetwork(type: string): boolean {
  return /^(nfs\d?|cifs|smb\d?|smbfs|afs|9p|virtiofs|glusterfs|fuse\.(sshfs|rclone|glusterfs|s3fs|davfs.*))$/.test(
    type,
  );
}

import { AppError } from "./errors.ts";

export type ZipEntry = {
  name: string;
  /** As the archive announces it; `read` holds it to its word. */
  size: number;
  /** Throws `invalid` when the entry is damaged or larger than announced. */
  read(): Uint8Array;
};

export type ZipLimits = { entries: number; totalBytes: number };

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** The longest comment an archive may end with, and the end record itself. */
const TAIL = 0xffff + 22;
const STORED = 0;
const DEFLATED = 8;
const LOCKED = 1;

/** Loaded by the first archive: the program starts without one. */
const zlib = () => process.getBuiltinModule("node:zlib");

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

function unreadable(detail: string, hint = "Download it again, or unpack it and choose the file inside."): AppError {
  return new AppError("invalid", "This zip file cannot be read.", {
    detail,
    hint,
    fields: [{ path: "file", message: `cannot be read: ${detail}` }],
  });
}

/**
 * The files of an archive, by its own list at the end. Nothing is unpacked before it is asked for, and never more than
 * the limits: a few kilobytes can unpack to gigabytes. Throws `invalid` for what is no archive, is locked or too large.
 */
export function readZip(bytes: Uint8Array, limits: ZipLimits): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return listEntries(bytes, view, limits);
  } catch (error) {
    if (error instanceof RangeError) throw unreadable("it is cut off");
    throw error;
  }
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - TAIL); at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw unreadable("it has no list of its files");
}

function listEntries(bytes: Uint8Array, view: DataView, limits: ZipLimits): ZipEntry[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > limits.entries) throw unreadable(`it has more than ${limits.entries} files`);
  const entries: ZipEntry[] = [];
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    if (view.getUint32(at, true) !== CENTRAL) throw unreadable("its list of files is damaged");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + (nameLength ?? 0)));
    const size = view.getUint32(at + 24, true);
    total += size;
    if (total > limits.totalBytes) {
      throw unreadable(`it would unpack to more than ${Math.round(limits.totalBytes / 1_048_576)} MB`);
    }
    if ((view.getUint16(at + 8, true) & LOCKED) !== 0) {
      throw unreadable("it is locked with a password", "Unpack it with its password, then choose the file inside.");
    }
    const place = { method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), size };
    const packed = { offset: view.getUint32(at + 42, true), length: view.getUint32(at + 20, true) };
    if (!name.endsWith("/"))
      entries.push({ name, size, read: () => unpack(bytes, view, { name, ...place, ...packed }) });
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return entries;
}

type Packed = { name: string; method: number; crc: number; size: number; offset: number; length: number };

function unpack(bytes: Uint8Array, view: DataView, entry: Packed): Uint8Array {
  const damaged = () => unreadable(`"${entry.name}" in it is damaged`);
  if (entry.offset + 30 > bytes.length || view.getUint32(entry.offset, true) !== LOCAL) throw damaged();
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const packed = bytes.subarray(start, start + entry.length);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw unreadable(`"${entry.name}" in it is packed in an unusual way`);
  }
  const content = entry.method === STORED ? packed : inflate(packed, entry.size, damaged);
  if (content.length !== entry.size || zlib().crc32(content) !== entry.crc) throw damaged();
  return content;
}

function inflate(packed: Uint8Array, size: number, damaged: () => AppError): Uint8Array {
  try {
    return zlib().inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch {
    throw damaged();
  }
}

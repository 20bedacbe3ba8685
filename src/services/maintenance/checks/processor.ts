import { readFileSync } from "node:fs";
import type { Check } from "./check.ts";

/** The first `flags` line of /proc/cpuinfo, or null where there is none. */
function readFlags(): string[] | null {
  try {
    const line = readFileSync("/proc/cpuinfo", "utf8")
      .split("\n")
      .find((each) => each.startsWith("flags"));
    return line?.split(":")[1]?.trim().split(/\s+/) ?? null;
  } catch (error) {
    // Only Linux has this file; elsewhere nothing can be said.
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return null;
    throw error;
  }
}

/** x64 builds of this program need SSE4.2; AVX2 only makes them quicker. */
export function checkProcessor(architecture: string = process.arch, flags: string[] | null = readFlags()): Check {
  const name = "Processor";
  if (architecture !== "x64") return { name, state: "ok", text: architecture };
  if (flags === null) return { name, state: "ok", text: "x64" };
  if (!flags.includes("sse4_2")) {
    const fix = "Use a machine or, in a virtual machine, a CPU type with SSE4.2 (for example x86-64-v2 or host).";
    return { name, state: "broken", text: "x64 without SSE4.2", fix };
  }
  const avx2 = flags.includes("avx2") ? "with SSE4.2 and AVX2" : "with SSE4.2, without AVX2 (not needed)";
  return { name, state: "ok", text: `x64 ${avx2}` };
}

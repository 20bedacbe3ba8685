import { isAppError } from "../kernel/errors.ts";
import type { IntegrationView } from "../services/integrations/types.ts";
import type { SyncService } from "../services/sync/types.ts";

/** Whoever links a profile for somebody else cannot press Sync Now there. Null when a run is not possible right now. */
export function startFirstSync(sync: SyncService, { id }: IntegrationView): string | null {
  try {
    return sync.start(Number(id), { trigger: "manual" });
  } catch (error) {
    if (!isAppError(error)) throw error;
    return null;
  }
}

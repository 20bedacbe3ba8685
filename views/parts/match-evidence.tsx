import type { ViewContext } from "../context.ts";
import { OutLink } from "../ui/link.tsx";

export type ExternalIdModel = { label: string; value: string; href?: string | undefined };

export type MatchEvidenceModel = {
  /** How the server names it. */
  serverTitle: string;
  serverYear: number | null;
  serverLabel: string;
  /** In words: "by its TVDB id", "by title and year", "chosen by you". */
  method: string;
  confidence: "sure" | "likely" | "doubtful";
  ids: readonly ExternalIdModel[];
};

const CONFIDENCE: Record<MatchEvidenceModel["confidence"], string> = {
  sure: "Certain",
  likely: "Likely",
  doubtful: "Doubtful",
};

export function MatchEvidence({ ctx, evidence }: { ctx: ViewContext; evidence: MatchEvidenceModel }): JSX.Element {
  return (
    <dl class="facts">
      <div>
        <dt safe>{`On ${evidence.serverLabel}`}</dt>
        <dd dir="auto" safe>
          {evidence.serverYear === null ? evidence.serverTitle : `${evidence.serverTitle} (${evidence.serverYear})`}
        </dd>
      </div>
      <div>
        <dt>Found</dt>
        <dd safe>{`${evidence.method} · ${CONFIDENCE[evidence.confidence].toLowerCase()}`}</dd>
      </div>
      {evidence.ids.map((externalId) => (
        <div>
          <dt safe>{externalId.label}</dt>
          <dd class="numbers">
            {externalId.href === undefined ? (
              <span safe>{externalId.value}</span>
            ) : (
              <OutLink ctx={ctx} href={externalId.href} label={externalId.value} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

import type { BillingsyncPartView, BillingsyncSyncView } from "../../api/client.ts";
import { Notice } from "../../kit/notice.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";

/** What a sync did: with the license, and with the sponsorships. */
export function Outcome({ of: { license, sponsorships } }: { of: BillingsyncSyncView }) {
  const t = useText();
  const failed = [license, sponsorships].some(({ result }) => result === "failed");
  const { sent, accepted, refused, removed } = sponsorships;
  const counts = t("sync.counts", { sent, accepted, refused, removed });
  return (
    <Notice tone={failed ? "loss" : refused > 0 ? "wait" : "good"} title={t("sync.result")}>
      <p>{t("sync.resultLicense", { result: resultOf(t, license) })}</p>
      <p>
        {t("sync.resultSponsorships", {
          result: sponsorships.result === "failed" ? resultOf(t, sponsorships) : counts,
        })}
      </p>
    </Notice>
  );
}

const resultOf = (t: Translate, { result, message }: BillingsyncPartView): string =>
  message ?? t(`sync.part.${result ?? "unchanged"}` as Key);

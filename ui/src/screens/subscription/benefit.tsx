import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, Failure, type SponsorshipBenefitView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { useDate } from "../../kit/moment.tsx";
import { useMoney } from "../../kit/money.ts";
import { Notice } from "../../kit/notice.tsx";
import { Facts } from "../../kit/state.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { useReason } from "../families/reason.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import styles from "./subscription.module.css";

/** The sponsorship from which a Families organization lives, or lived until lately; null when there was none. */
async function askBenefit(orgId: string): Promise<SponsorshipBenefitView | null> {
  try {
    return await call("GET /api/organization/sponsorship/sponsored/{orgId}", { path: { orgId } });
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return null;
    throw error;
  }
}

/** By whom a Families organization is sponsored, until when, and what follows. */
export function Benefit({ organization }: { organization: Membership }) {
  const t = useText();
  const [asks, setAsks] = useState(false);
  const words = useWords();
  const after = useAfterChange();
  const { data, error } = useQuery({
    queryKey: ["organization", organization.id, "benefit"],
    queryFn: () => askBenefit(organization.id),
  });
  if (error) return <Problem of={error} />;
  if (!data) return null;
  const { by, until, cost, standing } = words(data);
  const remove = async () => {
    await call("DELETE /api/organization/sponsorship/sponsored/{orgId}", { path: { orgId: organization.id } });
    await after();
    toast(t("benefit.removed"));
  };
  return (
    <Section title={t("benefit.title")}>
      <Notice tone={data.ends || data.state === "expired" ? "wait" : "good"}>{standing}</Notice>
      {data.paymentNeeded && data.dueDate && (
        <Notice tone="wait">{t("benefit.owed", { amount: words(data).owed, date: words(data).due })}</Notice>
      )}
      <Facts
        of={[
          { name: t("benefit.by"), value: by },
          { name: t("benefit.until"), value: until || "–" },
          {
            name: t("benefit.after"),
            value: t(data.isAnnual ? "benefit.perYear" : "benefit.perMonth", { amount: cost }),
          },
        ]}
      />
      {data.removable && (
        <div className={styles.actions}>
          <Button onClick={() => setAsks(true)}>{t("benefit.remove")}</Button>
        </div>
      )}
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        onConfirm={remove}
        title={t("benefit.removeTitle", { name: by })}
        action={t("benefit.remove")}
        tone="loss"
      >
        <p>{t("benefit.removeLead", { date: until, amount: cost })}</p>
      </Confirm>
    </Section>
  );
}

function useWords() {
  const t = useText();
  const money = useMoney();
  const dateOf = useDate();
  const reasonOf = useReason();
  return (of: SponsorshipBenefitView) => {
    const until = of.validUntil ? dateOf(of.validUntil) : "";
    const cost = money(of.amountAfterwardsCents / 100);
    const why = of.code ? reasonOf(of.code) : "";
    const isOver = of.state === "expired";
    const ends = of.ends && until ? t("benefit.ends", { date: until, why, amount: cost }) : t("benefit.goesOn");
    return {
      by: of.sponsoringOrganizationName ?? t("benefit.gone"),
      until,
      cost,
      standing: isOver ? t("benefit.over") : ends,
      owed: money(of.owedCents / 100),
      due: of.dueDate ? dateOf(of.dueDate) : "",
    };
  };
}

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Banner, type Tone } from "../../kit/notice.tsx";
import { type Key, useLanguage, useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { useServer } from "../parts/use-server.ts";
import { Restart } from "./ending.tsx";
import { useSubscription } from "./subscription.ts";

/** What is wrong with how an organization is paid, on every page of its console, and what to do about it. */
export function Warning({ organization }: { organization: Membership }) {
  const server = useServer();
  if (!server) return null;
  return server.selfHosted ? <OfLicense of={organization} /> : <OfSubscription of={organization} />;
}

/** What a server of one's own does not say of the license itself. */
function OfLicense({ of }: { of: Membership }) {
  const t = useText();
  const { id, name, enabled } = of;
  const owns = isOwner(of);
  const { data } = useQuery({
    queryKey: ["organization", id, "license"],
    queryFn: () => call("GET /api/organizations/{id}/subscription", { path: { id } }),
    enabled: owns && !enabled,
  });
  if (enabled) return null;
  if (!owns) return <Line tone="loss" text={t("orgWarning.owner", { name })} />;
  const isOver = data && "licenseState" in data && data.licenseState === "expired";
  return data && !isOver ? <Line tone="loss" text={t("orgWarning.operator", { name })} /> : null;
}

const resolutions: Record<string, Key> = {
  add_payment_method: "orgWarning.unpaid",
  resubscribe: "orgWarning.over",
  contact_owner: "orgWarning.owner",
};

function OfSubscription({ of }: { of: Membership }) {
  const t = useText();
  const language = useLanguage();
  const { id, name, enabled } = of;
  const owns = isOwner(of);
  const [restarting, setRestarting] = useState(false);
  const { data: warnings } = useQuery({
    queryKey: ["organization", id, "warnings"],
    queryFn: () => call("GET /api/organizations/{id}/billing/vnext/warnings", { path: { id } }),
  });
  const { data } = useSubscription(id, owns);
  const suspension = data?.subscription?.status === "past_due" && data.subscription.suspensionDate;
  const history = <a href={`#/organizations/${id}/billing/history`}>{t("orgWarning.toInvoices")}</a>;
  const resolution = warnings?.inactiveSubscription?.resolution;
  if (resolution) {
    return (
      <Line tone="loss" text={t(resolutions[resolution] ?? "orgWarning.owner", { name })}>
        {resolution === "add_payment_method" && history}
        {resolution === "resubscribe" && (
          <Button tone="quiet" onClick={() => setRestarting(true)}>
            {t("billing.restartAction")}
          </Button>
        )}
        <Restart open={restarting} onClose={() => setRestarting(false)} organizationId={id} />
      </Line>
    );
  }
  if (warnings && !enabled) return <Line tone="loss" text={t("orgWarning.operator", { name })} />;
  if (suspension) {
    const date = new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(suspension));
    return (
      <Line tone="wait" text={t("orgWarning.suspension", { name, date })}>
        {history}
      </Line>
    );
  }
  const days = warnings?.freeTrial?.remainingTrialDays;
  if (!days || !owns) return null;
  const isEnding = data?.subscription?.cancelAtEndDate;
  return (
    <Line tone="wait" text={t(isEnding ? "orgWarning.trialCanceled" : "orgWarning.trial", { name, days })}>
      <a href={`#/organizations/${id}/billing/payment-details`}>{t("orgWarning.toPayment")}</a>
    </Line>
  );
}

function Line({ tone, text, children }: { tone: Tone; text: string; children?: ReactNode }) {
  return (
    <Banner tone={tone}>
      <span>{text}</span>
      {children}
    </Banner>
  );
}

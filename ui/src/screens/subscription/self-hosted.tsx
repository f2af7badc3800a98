import type { BillingsyncStateView, LicenseSubscriptionView } from "../../api/client.ts";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Moment, useDate } from "../../kit/moment.tsx";
import { Notice, type Tone } from "../../kit/notice.tsx";
import { Facts, State } from "../../kit/state.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { type Key, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { usePlanName } from "../billing/plan-words.tsx";
import { Problem } from "../parts/problem.tsx";
import { Seats } from "./cloud.tsx";
import { History } from "./history.tsx";
import { Management } from "./management.tsx";
import { useLicense, useSeatsUsed, useSyncState } from "./queries.ts";

/** The license of an organization on a server of one's own, and how it is renewed. */
export function SelfHostedSubscription({ organization }: { organization: Membership }) {
  const t = useText();
  const license = useLicense(organization.id);
  const sync = useSyncState(organization.id);
  const error = license.error ?? sync.error;
  return (
    <Page title={t("subscription.title")} lead={organization.name}>
      {error && <Problem of={error} />}
      {!error && !(license.data && sync.data) && <Skeleton lines={5} />}
      {license.data && sync.data && (
        <>
          <License of={license.data} sync={sync.data} organization={organization} />
          <Management license={license.data} sync={sync.data} organization={organization} />
          {(sync.data.connection || sync.data.lastRun) && <History sync={sync.data} organization={organization} />}
        </>
      )}
    </Page>
  );
}

const tones: Record<string, Tone> = { none: "wait", valid: "good", grace: "wait", expired: "loss" };

interface LicenseProps {
  of: LicenseSubscriptionView;
  sync: BillingsyncStateView;
  organization: Membership;
}

function License({ of, sync, organization }: LicenseProps) {
  const t = useText();
  const used = useSeatsUsed(organization.id);
  const nameOf = usePlanName();
  const paid = of.expirationWithoutGracePeriod ?? of.expiration;
  const facts = [
    { name: t("subscription.plan"), value: nameOf(of.plan) },
    {
      name: t("subscription.state"),
      value: <State tone={tones[of.licenseState] ?? "info"}>{t(`license.state.${of.licenseState}` as Key)}</State>,
    },
    { name: t("subscription.seats"), value: <Seats used={used} seats={of.seats} /> },
    { name: t("license.until"), value: paid ? <Moment at={paid} /> : t("license.forever") },
  ];
  if (of.expirationWithoutGracePeriod && of.expiration) {
    facts.push({ name: t("license.grace"), value: <Moment at={of.expiration} /> });
  }
  const last = sync.lastLicenseSyncDate;
  facts.push({ name: t("license.lastSync"), value: last ? <Moment at={last} withTime /> : t("sync.never") });
  return (
    <Section title={t("license.title")}>
      <Standing of={of} />
      <Facts of={facts} />
    </Section>
  );
}

function Standing({ of }: { of: LicenseSubscriptionView }) {
  const t = useText();
  const dateOf = useDate();
  if (of.licenseState === "expired") return <Notice tone="loss">{t("license.expiredLead")}</Notice>;
  if (of.licenseState === "none") return <Notice tone="wait">{t("license.noneLead")}</Notice>;
  return (
    <>
      {of.licenseState === "grace" && of.expiration && (
        <Notice tone="wait">
          {t("license.graceLead", {
            paid: dateOf(of.expirationWithoutGracePeriod ?? of.expiration),
            date: dateOf(of.expiration),
          })}
        </Notice>
      )}
      {of.licenseFault && <Notice tone="loss">{of.licenseFault.message}</Notice>}
    </>
  );
}

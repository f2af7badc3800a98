import { useState } from "react";
import type { BillingsyncStateView, LicenseSubscriptionView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Cards } from "../../kit/cards.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Facts, State } from "../../kit/state.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { ManageSync, RemoveConnection } from "./manage-sync.tsx";
import { Outcome } from "./outcome.tsx";
import styles from "./subscription.module.css";
import { UploadLicense } from "./upload.tsx";
import { useSync } from "./use-sync.ts";

const families = 1;

type Way = "automatic" | "manual";

interface ManagementProps {
  license: LicenseSubscriptionView;
  sync: BillingsyncStateView;
  organization: Membership;
}

/** How the license comes here: by itself, or by hand. */
export function Management({ license, sync, organization }: ManagementProps) {
  const t = useText();
  const [wished, setWay] = useState<Way>();
  const isAllowed = sync.cloudCommunication;
  const way = license.plan.productTier === families ? "manual" : (wished ?? standing(sync));
  return (
    <Section title={t("license.manage")}>
      {license.plan.productTier === families ? (
        <p>{t("license.manualText")}</p>
      ) : (
        <Cards<Way>
          label={t("license.way")}
          name="way"
          value={way}
          onChange={setWay}
          options={[
            {
              value: "automatic",
              title: t("license.automatic"),
              text: t(isAllowed ? "license.automaticText" : "license.automaticOff"),
              disabled: !isAllowed,
            },
            { value: "manual", title: t("license.manual"), text: t("license.manualText") },
          ]}
        />
      )}
      {way === "automatic" ? (
        <Automatic sync={sync} organization={organization} />
      ) : (
        <UploadLicense organization={organization} />
      )}
    </Section>
  );
}

const standing = ({ cloudCommunication, connection }: BillingsyncStateView): Way =>
  cloudCommunication && connection?.enabled ? "automatic" : "manual";

type Open = "manage" | "remove";

function Automatic({ sync, organization }: Omit<ManagementProps, "license">) {
  const t = useText();
  const [open, setOpen] = useState<Open>();
  const { connection } = sync;
  const { busy, failure, run, answer } = useSync(organization.id);
  const isUsable = connection?.enabled === true;
  return (
    <div className={styles.panel}>
      {connection ? (
        <Facts
          of={[
            { name: t("sync.connected"), value: <Connected of={sync} /> },
            {
              name: t("sync.last"),
              value: sync.lastSuccessDate ? <Moment at={sync.lastSuccessDate} withTime /> : t("sync.never"),
            },
            {
              name: t("sync.nextRun"),
              value: sync.nextRunDate ? <Moment at={sync.nextRunDate} withTime /> : t("sync.nextAfterFirst"),
            },
          ]}
        />
      ) : (
        <p className={styles.soft}>{t("sync.notConnected")}</p>
      )}
      <div className={styles.actions}>
        <Button tone={isUsable ? "plain" : "primary"} onClick={() => setOpen("manage")}>
          {t("sync.manage")}
        </Button>
        <Button
          tone={isUsable ? "primary" : "plain"}
          disabled={!isUsable}
          busy={busy || (isUsable && sync.running)}
          onClick={run}
        >
          {t("sync.license")}
        </Button>
        {connection && (
          <Button tone="quiet" onClick={() => setOpen("remove")}>
            {t("sync.remove")}
          </Button>
        )}
      </div>
      {answer ? <Outcome of={answer} /> : <Problem of={failure} />}
      <ManageSync
        open={open === "manage"}
        onClose={() => setOpen(undefined)}
        connection={connection}
        organization={organization}
      />
      <RemoveConnection
        open={open === "remove"}
        onClose={() => setOpen(undefined)}
        connectionId={connection?.id ?? ""}
      />
    </div>
  );
}

function Connected({ of: { connection } }: { of: BillingsyncStateView }) {
  const t = useText();
  if (!connection?.enabled) return <State tone="wait">{t("sync.off")}</State>;
  const { cloud } = connection;
  if (!cloud) return t("sync.untriedYet");
  const { organizationName: name, plan, region } = cloud;
  return region ? t("sync.connectedTo", { name, plan, region }) : `${name}, ${plan}`;
}

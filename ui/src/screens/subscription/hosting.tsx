import { useState } from "react";
import type { CheckoutSubscriptionView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { AllowInstallation, RevokeToken } from "./binding.tsx";
import { DownloadLicense } from "./download.tsx";
import { useTokenInformation } from "./queries.ts";
import styles from "./subscription.module.css";
import { SyncToken, type TokenMode } from "./token.tsx";
import { Refused, TokenFacts } from "./token-facts.tsx";

const enterprise = 3;

type Open = "download" | TokenMode | "revoke" | "allow";

/** What a server of one's own needs of its cloud: the license, and the token of billing sync. */
export function SelfHosting({ of, organization }: { of: CheckoutSubscriptionView; organization: Membership }) {
  const t = useText();
  const [open, setOpen] = useState<Open>();
  const syncs = of.plan.productTier === enterprise;
  const close = () => setOpen(undefined);
  const isOver = of.subscription?.status === "canceled";
  return (
    <Section title={t("hosting.title")} lead={t(syncs ? "hosting.lead" : "hosting.leadFamilies")}>
      {syncs && <Token organization={organization} onOpen={setOpen} open={open} onClose={close} />}
      {!isOver && (
        <div className={styles.actions}>
          <Button onClick={() => setOpen("download")}>{t("hosting.download")}</Button>
        </div>
      )}
      <DownloadLicense open={open === "download"} onClose={close} organization={organization} />
    </Section>
  );
}

interface TokenProps {
  organization: Membership;
  open: Open | undefined;
  onOpen: (open: Open) => void;
  onClose: () => void;
}

function Token({ organization, open, onOpen, onClose }: TokenProps) {
  const t = useText();
  const { data, error } = useTokenInformation(organization.id);
  if (error) return <Problem of={error} />;
  if (data === undefined) return <Skeleton />;
  const mode = open === "generate" || open === "view" || open === "rotate" ? open : undefined;
  return (
    <>
      {data ? <TokenFacts of={data} organization={organization} /> : <p className={styles.soft}>{t("token.none")}</p>}
      {data && <Refused of={data} organization={organization} />}
      <div className={styles.actions}>
        {data ? (
          <>
            <Button tone="primary" onClick={() => onOpen("view")}>
              {t("token.view")}
            </Button>
            <Button onClick={() => onOpen("rotate")}>{t("token.rotate")}</Button>
            <Button onClick={() => onOpen("allow")}>{t("token.allow")}</Button>
            <Button onClick={() => onOpen("revoke")}>{t("token.revoke")}</Button>
          </>
        ) : (
          <Button tone="primary" onClick={() => onOpen("generate")}>
            {t("token.setUp")}
          </Button>
        )}
      </div>
      <SyncToken mode={mode} onClose={onClose} organization={organization} />
      <RevokeToken open={open === "revoke"} onClose={onClose} organization={organization} />
      <AllowInstallation
        open={open === "allow"}
        onClose={onClose}
        organization={organization}
        bound={data?.installationId ?? undefined}
      />
    </>
  );
}

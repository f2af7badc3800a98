import { useState } from "react";
import { go } from "../../address.ts";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { toast } from "../../kit/toast.tsx";
import { memberships } from "../../route.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Leave } from "../parts/leave.tsx";
import { useServer } from "../parts/use-server.ts";
import { Verify } from "../parts/verify.tsx";
import styles from "./settings.module.css";

/** Leaving an organization, and the end of it for everyone. */
export function Ending({ organization }: { organization: Membership }) {
  const t = useText();
  const [asking, setAsking] = useState<"leave" | "delete">();
  const close = () => setAsking(undefined);
  return (
    <Section title={t("orgSettings.ending")} lead={t("orgSettings.endingLead")}>
      <div className={styles.row}>
        <Button onClick={() => setAsking("leave")}>{t("orgLeave.action")}</Button>
        <Button tone="loss" onClick={() => setAsking("delete")}>
          {t("orgDelete.action")}
        </Button>
      </div>
      <Leave open={asking === "leave"} onClose={close} organization={organization} after={() => go(memberships)} />
      <Delete open={asking === "delete"} onClose={close} organization={organization} />
    </Section>
  );
}

function Delete({ open, onClose, organization }: { open: boolean; onClose: () => void; organization: Membership }) {
  const t = useText();
  const renew = useAfterChange();
  const isSelfHosted = useServer()?.selfHosted;
  const { id, name } = organization;
  const end = async (masterPasswordHash: string) => {
    await call("DELETE /api/organizations/{id}", { path: { id }, body: { masterPasswordHash } });
    go(memberships);
    toast(t("orgDelete.done", { name }));
    await renew();
  };
  return (
    <Verify
      open={open}
      onClose={onClose}
      title={t("orgDelete.title", { name })}
      action={t("orgDelete.action")}
      tone="loss"
      onVerified={end}
    >
      <p>{t("orgDelete.lost")}</p>
      <p>{t(isSelfHosted ? "orgDelete.lostSelfHosted" : "orgDelete.lostCloud")}</p>
    </Verify>
  );
}

import { call } from "../../api/client.ts";
import { textOf } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Verify } from "../parts/verify.tsx";
import { InstallationChoice } from "./installations.tsx";

interface Part {
  open: boolean;
  onClose: () => void;
  organization: Membership;
}

/** Ends the billing sync token. */
export function RevokeToken({ open, onClose, organization }: Part) {
  const t = useText();
  const after = useAfterChange();
  const revoke = async (masterPasswordHash: string) => {
    const path = { id: organization.id };
    await call("POST /api/organizations/{id}/billing-sync/revoke", { path, body: { masterPasswordHash } });
    await after();
    toast(t("token.revoked"));
    onClose();
  };
  return (
    <Verify
      open={open}
      onClose={onClose}
      onVerified={revoke}
      title={t("token.revoke")}
      action={t("token.revoke")}
      tone="loss"
    >
      <p>{t("token.revokeLead")}</p>
    </Verify>
  );
}

/** Gives the billing sync token to another server. */
export function AllowInstallation({ open, onClose, organization, bound }: Part & { bound: string | undefined }) {
  const t = useText();
  const after = useAfterChange();
  const allow = async (masterPasswordHash: string, values: FormData) => {
    const installationId = textOf(values, "installationId").trim();
    await call("POST /api/organizations/{id}/billing-sync/installation", {
      path: { id: organization.id },
      body: { installationId, masterPasswordHash },
    });
    await after();
    toast(t("token.allowed"));
    onClose();
  };
  return (
    <Verify open={open} onClose={onClose} onVerified={allow} title={t("token.allow")} action={t("token.allow")}>
      <p>{t("token.allowLead")}</p>
      <InstallationChoice organization={organization} except={bound} />
    </Verify>
  );
}

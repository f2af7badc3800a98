import { call } from "../../api/client.ts";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Confirm } from "./confirm.tsx";

export interface LeaveProps {
  open: boolean;
  onClose: () => void;
  organization: Membership;
  after?: () => void;
}

/** Asks whether a person wants to belong to an organization no longer. */
export function Leave({ open, onClose, organization: { id, name }, after }: LeaveProps) {
  const t = useText();
  const renew = useAfterChange();
  const leave = async () => {
    await call("POST /api/organizations/{id}/leave", { path: { id } });
    after?.();
    toast(t("orgLeave.done", { name }));
    await renew();
  };
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={leave}
      title={t("orgLeave.title", { name })}
      action={t("orgLeave.action")}
      tone="loss"
    >
      <p>{t("orgLeave.lost")}</p>
    </Confirm>
  );
}

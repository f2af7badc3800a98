import { useQuery } from "@tanstack/react-query";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { confirm, loadCandidate } from "../../vault/emergency.ts";
import { Fingerprint } from "../parts/fingerprint.tsx";
import { Problem } from "../parts/problem.tsx";
import type { DialogProps } from "./deeds.tsx";

/** Hands the key of the vault to somebody who has accepted, once the person is sure whose key it is wrapped for. */
export function Confirmation({ contact, onClose, onDone }: DialogProps) {
  const t = useText();
  const { name } = contact;
  const { data, error } = useQuery({
    queryKey: ["emergency", "candidate", contact.id],
    queryFn: () => loadCandidate(contact),
    staleTime: 0,
    gcTime: 0,
  });
  const { busy, failure, run } = useAction(async () => {
    if (!data) return;
    await confirm(contact, data);
    await onDone();
    onClose();
    toast(t("emergency.confirmDone", { name }));
  });
  return (
    <FormDialog
      open
      onClose={() => busy || onClose()}
      title={t("emergency.confirmTitle", { name })}
      action={t("emergency.confirm")}
      busy={busy}
      disabled={!data}
      onSend={run}
    >
      <p>{t("emergency.confirmText", { name })}</p>
      {!data && !error && <Skeleton lines={1} />}
      {data && (
        <p>
          <Fingerprint phrase={data.fingerprint} />
        </p>
      )}
      <Problem of={error ?? failure ?? undefined} />
    </FormDialog>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { SecretField } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Notice } from "../../kit/notice.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { demandsOf, TooWeak } from "../../vault/demands.ts";
import { demandedOf, takeOver } from "../../vault/emergency.ts";
import { shortest } from "../../vault/register.ts";
import { Demands, TooWeakNotice } from "../parts/new-password.tsx";
import { Problem } from "../parts/problem.tsx";
import { Strength } from "../sign-in/strength.tsx";
import type { DialogProps } from "./deeds.tsx";

/** Chooses a new master password for somebody who can no longer do it. */
export function TakeOver({ contact, onClose, onDone }: DialogProps) {
  const t = useText();
  const { name, email } = contact;
  const [wrong, setWrong] = useState<"short" | "differs">();
  const { data: demanded } = useQuery({
    queryKey: ["emergency", "demanded", contact.id],
    queryFn: () => demandedOf(contact),
  });
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const password = textOf(values, "newPassword");
    const fault = password.length < shortest ? "short" : password !== textOf(values, "again") ? "differs" : undefined;
    setWrong(fault);
    if (fault) return;
    await takeOver(contact, password);
    await onDone();
    onClose();
    toast(t("emergency.takeOverDone", { name }));
  });
  return (
    <FormDialog
      open
      onClose={() => busy || onClose()}
      title={t("emergency.takeOverTitle", { name })}
      action={t("emergency.setPassword")}
      tone="loss"
      busy={busy}
      onSend={run}
    >
      <Notice tone="wait">{t("emergency.takeOverText", { name, email })}</Notice>
      <Demands of={(demanded ?? []).flatMap(demandsOf)}>{t("emergency.demanded", { name })}</Demands>
      <Strength about={[email, name]}>
        {(onInput, meter) => (
          <SecretField
            label={t("emergency.newPassword", { name })}
            name="newPassword"
            autoComplete="new-password"
            hint={meter}
            onInput={onInput}
            error={wrong === "short" ? t("finish.short", { count: shortest }) : undefined}
          />
        )}
      </Strength>
      <SecretField
        label={t("finish.again")}
        name="again"
        autoComplete="new-password"
        error={wrong === "differs" ? t("finish.differs") : undefined}
      />
      <TooWeakNotice failure={failure} />
      {!(failure instanceof TooWeak) && <Problem of={failure} />}
    </FormDialog>
  );
}

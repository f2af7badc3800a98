import { useId, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Check, SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Member, nameOf, recover } from "../../vault/members.ts";
import type { Membership } from "../../vault/profile.ts";
import { shortest } from "../../vault/register.ts";
import { Problem } from "../parts/problem.tsx";
import { useForget } from "./queries.ts";

/** Gives a member a new master password, takes away their second steps, or both. */
export function Recover({ by, member, onClose }: { by: Membership; member: Member; onClose: () => void }) {
  const t = useText();
  const form = useId();
  const forget = useForget(by.id);
  const name = nameOf(member);
  const [withPassword, setWithPassword] = useState(true);
  const [withSteps, setWithSteps] = useState(false);
  const [wrong, setWrong] = useState<"short" | "differs">();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const password = withPassword ? textOf(values, "newPassword") : undefined;
    if (password !== undefined) {
      const fault = password.length < shortest ? "short" : password !== textOf(values, "again") ? "differs" : undefined;
      setWrong(fault);
      if (fault) return;
    }
    await recover(by.id, member.id, password, withSteps);
    onClose();
    toast(t("recover.done", { name }));
    await forget();
  });
  return (
    <Dialog
      open
      onClose={() => busy || onClose()}
      title={t("recover.title", { name })}
      actions={
        <>
          <Button onClick={onClose} disabled={busy}>
            {t("kit.cancel")}
          </Button>
          <Button tone="primary" type="submit" form={form} busy={busy} disabled={!withPassword && !withSteps}>
            {t("recover.open")}
          </Button>
        </>
      }
    >
      <Form id={form} label={t("recover.title", { name })} onSend={run}>
        <Notice tone="wait">{t("recover.text", { name })}</Notice>
        <Check
          label={t("recover.password")}
          checked={withPassword}
          onChange={({ target }) => setWithPassword(target.checked)}
        />
        {withPassword && (
          <>
            <SecretField
              label={t("recover.newPassword")}
              name="newPassword"
              autoComplete="new-password"
              hint={t("recover.passwordHint")}
              error={wrong === "short" ? t("finish.short", { count: shortest }) : undefined}
            />
            <SecretField
              label={t("finish.again")}
              name="again"
              autoComplete="new-password"
              error={wrong === "differs" ? t("finish.differs") : undefined}
            />
          </>
        )}
        {member.twoFactorEnabled && (
          <Check
            label={t("recover.twoStep")}
            checked={withSteps}
            onChange={({ target }) => setWithSteps(target.checked)}
          />
        )}
        <Problem of={failure} />
      </Form>
    </Dialog>
  );
}

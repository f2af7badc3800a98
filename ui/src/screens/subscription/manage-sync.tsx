import { useId, useState } from "react";
import { type BillingsyncConnectionView, call, Failure } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Check, Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";

const syncConnection = 1;

/** What says nothing about a token: the cloud could not be asked. */
const untried = ["cloud-unreachable", "cloud-busy", "cloud-communication-off"];

interface ManageSyncProps {
  open: boolean;
  onClose: () => void;
  connection: BillingsyncConnectionView | null;
  organization: Membership;
}

/** Takes the token of the cloud, tries it, and says what it found. */
export function ManageSync({ open, onClose, connection, organization }: ManageSyncProps) {
  const t = useText();
  const form = useId();
  const after = useAfterChange();
  const [saved, setSaved] = useState<{ connection: BillingsyncConnectionView; untried: boolean }>();
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const confirmUntried = values.has("confirmUntried");
    const body = {
      type: syncConnection,
      organizationId: organization.id,
      enabled: true,
      config: { billingSyncKey: textOf(values, "token").trim() },
      confirmUntried,
    };
    const made = connection?.id
      ? await call("PUT /api/organizations/connections/{id}", { path: { id: connection.id }, body })
      : await call("POST /api/organizations/connections", { body });
    await after();
    setSaved({ connection: made, untried: confirmUntried && !made.cloud });
  });
  const close = () => {
    setSaved(undefined);
    forget();
    onClose();
  };
  const mayKeep = failure instanceof Failure && untried.includes(failure.code ?? "");
  if (saved) {
    return (
      <Dialog
        open={open}
        onClose={close}
        title={t("sync.manage")}
        actions={
          <Button tone="primary" onClick={close}>
            {t("sync.done")}
          </Button>
        }
      >
        <Found of={saved.connection} untried={saved.untried} />
        <p>{t("sync.next")}</p>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("sync.manage")}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button tone="primary" type="submit" form={form} busy={busy}>
            {t("sync.save")}
          </Button>
        </>
      }
    >
      <Form id={form} onSend={run} label={t("sync.manage")}>
        <p>{t("sync.manageLead")}</p>
        <Field
          label={t("sync.token")}
          name="token"
          required
          autoComplete="off"
          spellCheck={false}
          autoCapitalize="none"
          defaultValue={connection?.config?.BillingSyncKey ?? ""}
          onFocus={({ target }) => target.select()}
          hint={connection ? t("sync.tokenKept") : undefined}
        />
        <Problem of={failure} />
        {mayKeep && <Check name="confirmUntried" label={t("sync.untried")} />}
      </Form>
    </Dialog>
  );
}

function Found({ of: { cloud }, untried: isUntried }: { of: BillingsyncConnectionView; untried: boolean }) {
  const t = useText();
  if (isUntried) return <Notice tone="wait">{t("sync.savedUntried")}</Notice>;
  if (!cloud?.organizationName) return <Notice tone="good">{t("sync.saved")}</Notice>;
  return (
    <Notice tone="good">
      <p>{t("sync.found", { name: cloud.organizationName, plan: cloud.plan })}</p>
      {cloud.region && <p>{t("sync.foundRegion", { region: cloud.region })}</p>}
    </Notice>
  );
}

interface RemoveProps {
  open: boolean;
  onClose: () => void;
  connectionId: string;
}

/** Takes the connection away. */
export function RemoveConnection({ open, onClose, connectionId }: RemoveProps) {
  const t = useText();
  const after = useAfterChange();
  const remove = async () => {
    await call("DELETE /api/organizations/connections/{id}", { path: { id: connectionId } });
    await after();
    toast(t("sync.removed"));
  };
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={remove}
      title={t("sync.removeTitle")}
      action={t("sync.remove")}
      tone="loss"
    >
      <p>{t("sync.removeLead")}</p>
    </Confirm>
  );
}

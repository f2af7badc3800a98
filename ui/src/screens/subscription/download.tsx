import { useId } from "react";
import { call, Failure } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { download } from "../../kit/download.ts";
import { Form, textOf } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import { InstallationChoice } from "./installations.tsx";

/** What clients and the page call the file. */
const fileName = "bitwarden_organization_license.json";

interface DownloadProps {
  open: boolean;
  onClose: () => void;
  organization: Membership;
}

/** Hands out the license for one server. */
export function DownloadLicense({ open, onClose, organization }: DownloadProps) {
  const t = useText();
  const form = useId();
  const after = useAfterChange();
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const license = await call("GET /api/organizations/{id}/license", {
      path: { id: organization.id },
      query: { installationId: textOf(values, "installationId").trim() },
    });
    download(fileName, "application/json", JSON.stringify(license, null, 2));
    await after();
    toast(t("hosting.downloaded"));
    onClose();
  });
  const close = () => {
    forget();
    onClose();
  };
  const isOfField = failure instanceof Failure && failure.kind === "refused" && failure.field === "installationId";
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("hosting.download")}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button tone="primary" type="submit" form={form} busy={busy}>
            {t("hosting.download")}
          </Button>
        </>
      }
    >
      <Form id={form} onSend={run} label={t("hosting.download")}>
        <p>{t("hosting.downloadLead")}</p>
        <InstallationChoice organization={organization} error={isOfField ? failure.message : undefined} />
        {!isOfField && <Problem of={failure} />}
      </Form>
    </Dialog>
  );
}

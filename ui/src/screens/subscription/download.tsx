import { call, Failure } from "../../api/client.ts";
import { download } from "../../kit/download.ts";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
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
    <FormDialog
      open={open}
      onClose={close}
      title={t("hosting.download")}
      action={t("hosting.download")}
      busy={busy}
      onSend={run}
    >
      <p>{t("hosting.downloadLead")}</p>
      <InstallationChoice organization={organization} error={isOfField ? failure.message : undefined} />
      {!isOfField && <Problem of={failure} />}
    </FormDialog>
  );
}

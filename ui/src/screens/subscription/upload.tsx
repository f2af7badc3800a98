import { useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Drop } from "../../kit/drop.tsx";
import { Form } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { problemOf } from "../parts/problem.tsx";
import styles from "./subscription.module.css";

/** Takes a license file. */
export function UploadLicense({ organization }: { organization: Membership }) {
  const t = useText();
  const after = useAfterChange();
  const [file, setFile] = useState<File>();
  const { busy, failure, run, forget } = useAction(async () => {
    if (!file) return;
    const body = new FormData();
    body.set("license", file);
    await call("POST /api/organizations/licenses/self-hosted/{id}", { path: { id: organization.id }, body });
    setFile(undefined);
    await after();
    toast(t("license.uploaded"));
  });
  return (
    <div className={styles.fields}>
      <Form onSend={run} label={t("license.manual")}>
        <Drop
          label={t("license.file")}
          hint={t("license.fileHint")}
          action={t("license.choose")}
          accept=".json,application/json"
          file={file}
          onChange={(next) => {
            forget();
            setFile(next);
          }}
          error={failure === undefined ? undefined : problemOf(t, failure)}
        />
        <div className={styles.actions}>
          <Button tone="primary" type="submit" busy={busy} disabled={!file}>
            {t("license.upload")}
          </Button>
        </div>
      </Form>
    </div>
  );
}

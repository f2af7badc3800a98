import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Drop } from "../../kit/drop.tsx";
import { Form } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { foundByLicense } from "../../vault/organization.ts";
import { problemOf } from "../parts/problem.tsx";
import { useAfterFounding } from "./after.ts";
import styles from "./found.module.css";

/** Makes the organization of a license file. What is wrong with the file is said beside it. */
export function License() {
  const t = useText();
  const after = useAfterFounding();
  const [file, setFile] = useState<File>();
  const [missing, setMissing] = useState(false);
  const { busy, failure, run, forget } = useAction(async () => {
    setMissing(!file);
    if (file) await after(await foundByLicense(file, t("found.collection")));
  });
  const choose = (chosen: File) => {
    forget();
    setMissing(false);
    setFile(chosen);
  };
  const error = failure === undefined ? missing && t("found.noFile") : problemOf(t, failure);
  return (
    <div className={styles.parts}>
      <Form onSend={run} label={t("found.withLicense")}>
        <Drop
          label={t("found.file")}
          hint={t("found.fileHint")}
          action={t("found.choose")}
          accept=".json,application/json"
          file={file}
          onChange={choose}
          error={error || undefined}
        />
        <div>
          <Button tone="primary" type="submit" busy={busy}>
            {t("found.submit")}
          </Button>
        </div>
      </Form>
    </div>
  );
}

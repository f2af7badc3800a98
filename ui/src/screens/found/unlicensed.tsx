import { Button } from "../../kit/button.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { found } from "../../vault/organization.ts";
import { Problem } from "../parts/problem.tsx";
import { useAfterFounding } from "./after.ts";
import styles from "./found.module.css";
import { Names } from "./names.tsx";

/** Makes an organization that stands on this server alone. */
export function Unlicensed() {
  const t = useText();
  const after = useAfterFounding();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const order = { name: textOf(values, "name"), billingEmail: textOf(values, "billingEmail") };
    await after(await found(order, t("found.collection")));
  });
  return (
    <div className={styles.fields}>
      <Form onSend={run} label={t("found.unlicensed")}>
        <Names emailLabel={t("found.email")} />
        <Problem of={failure} />
        <div>
          <Button tone="primary" type="submit" busy={busy}>
            {t("found.submit")}
          </Button>
        </div>
      </Form>
    </div>
  );
}

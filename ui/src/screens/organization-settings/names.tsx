import { call, type OrgView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import styles from "./settings.module.css";

/** What an organization is called, and where its mails go. */
export function Names({ organization }: { organization: OrgView }) {
  const t = useText();
  const renew = useAfterChange();
  const label = useServer()?.selfHosted ? "found.email" : "found.billingEmail";
  const { busy, failure, run } = useAction(async (values: FormData) => {
    await call("PUT /api/organizations/{id}", {
      path: { id: organization.id ?? "" },
      body: { name: textOf(values, "name"), billingEmail: textOf(values, "billingEmail") },
    });
    await renew();
    toast(t("orgSettings.saved"));
  });
  return (
    <div className={styles.fields}>
      <Form onSend={run} label={t("orgSettings.about")}>
        <Field
          label={t("found.name")}
          name="name"
          required
          maxLength={50}
          autoComplete="off"
          defaultValue={organization.name}
        />
        <Field
          label={t(label)}
          name="billingEmail"
          type="email"
          required
          autoComplete="off"
          defaultValue={organization.billingEmail}
        />
        <Problem of={failure} />
        <div>
          <Button tone="primary" type="submit" busy={busy}>
            {t("orgSettings.save")}
          </Button>
        </div>
      </Form>
    </div>
  );
}

import { call, type OrgView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Check } from "../../kit/field.tsx";
import { Form } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Key, useText } from "../../text/t.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";

const settings = [
  "limitCollectionCreation",
  "limitCollectionDeletion",
  "limitItemDeletion",
  "allowAdminAccessToAllCollectionItems",
] as const;

/** How far members and administrators may go with collections. */
export function Collections({ organization }: { organization: OrgView }) {
  const t = useText();
  const renew = useAfterChange();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const body = Object.fromEntries(settings.map((name) => [name, values.has(name)]));
    await call("PUT /api/organizations/{id}/collection-management", { path: { id: organization.id ?? "" }, body });
    await renew();
    toast(t("orgSettings.saved"));
  });
  return (
    <Section title={t("orgSettings.collections")} lead={t("orgSettings.collectionsLead")}>
      <Form onSend={run} label={t("orgSettings.collections")}>
        <div>
          {settings.map((name) => (
            <Check key={name} name={name} label={t(`orgSettings.${name}` as Key)} defaultChecked={organization[name]} />
          ))}
        </div>
        <Problem of={failure} />
        <div>
          <Button type="submit" busy={busy}>
            {t("orgSettings.saveCollections")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

import { Screen as Page } from "../../kit/frame.tsx";
import { useText } from "../../text/t.ts";
import { seesExport } from "../../vault/console.ts";
import { tellExported } from "../../vault/export.ts";
import { makeOrganizationCopy } from "../../vault/export-organization.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { CopyForms } from "./copy-forms.tsx";

/** Makes a copy of what an organization owns. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("export.title")} for={seesExport}>
      {({ id, name }) => (
        <Page title={t("export.title")} lead={t("orgExport.lead", { name })}>
          <CopyForms
            key={id}
            words={{
              account: [t("orgExport.form.account"), t("orgExport.form.accountText")],
              leaves: t("orgExport.leaves"),
              prove: t("orgExport.prove", { name }),
              left: t("orgExport.leftLead"),
            }}
            make={(...about) => makeOrganizationCopy(id, ...about)}
            tell={(now) => tellExported(now, id)}
          />
        </Page>
      )}
    </OfOrganization>
  );
}

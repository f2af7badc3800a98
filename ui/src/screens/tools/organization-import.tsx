import { useText } from "../../text/t.ts";
import { importsInto } from "../../vault/console.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { ImportFrom } from "./import.tsx";

/** Brings what another program exported into an organization. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("import.title")} for={importsInto}>
      {({ id, name }) => (
        <ImportFrom key={id} lead={t("orgImport.lead", { name })} aim={(show) => show([{ id, name }])} />
      )}
    </OfOrganization>
  );
}

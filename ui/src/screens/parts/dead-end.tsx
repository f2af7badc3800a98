import { Button, ButtonLink } from "../../kit/button.tsx";
import { Gate } from "../../kit/gate.tsx";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { GateFooter } from "./gate-footer.tsx";

/** A link that leads nowhere. */
export function NotFound() {
  const t = useText();
  return (
    <Gate name={t("app.name")} title={t("app.notFound")} lead={t("app.notFoundLead")} footer={<GateFooter />}>
      <ButtonLink tone="primary" href={`#${home}`}>
        {t("app.toStart")}
      </ButtonLink>
    </Gate>
  );
}

/** A screen that broke. */
export function Crashed() {
  const t = useText();
  return (
    <Gate name={t("app.name")} title={t("app.crashed")} lead={t("app.crashedLead")}>
      <Button tone="primary" onClick={() => location.reload()}>
        {t("app.reload")}
      </Button>
    </Gate>
  );
}

/** A browser refuses to decrypt on an address without HTTPS. */
export function Insecure() {
  const t = useText();
  return (
    <Gate name={t("app.name")} title={t("app.insecureTitle")} footer={<GateFooter />}>
      <p>{t("app.insecure")}</p>
    </Gate>
  );
}

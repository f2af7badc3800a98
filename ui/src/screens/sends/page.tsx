import type { ReactNode } from "react";
import { Gate } from "../../kit/gate.tsx";
import { useText } from "../../text/t.ts";
import { Banners } from "../parts/banners.tsx";
import { GateFooter } from "../parts/gate-footer.tsx";

/** The card in which somebody reads a Send. */
export function Page({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  const t = useText();
  return (
    <Gate name={t("app.name")} title={title} lead={lead} banners={<Banners />} footer={<GateFooter />}>
      {children}
    </Gate>
  );
}

import type { ReactNode } from "react";
import { Gate } from "../../kit/gate.tsx";
import { useText } from "../../text/t.ts";
import { Banners } from "../parts/banners.tsx";
import { GateFooter } from "../parts/gate-footer.tsx";
import styles from "./sign-in.module.css";

export interface SignInGateProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  after?: ReactNode;
}

/** The card in which people log in, register and unlock. */
export function SignInGate({ title, lead, children, after }: SignInGateProps) {
  const t = useText();
  const below = after && <div className={styles.after}>{after}</div>;
  return (
    <Gate name={t("app.name")} title={title} lead={lead} banners={<Banners />} after={below} footer={<GateFooter />}>
      {children}
    </Gate>
  );
}

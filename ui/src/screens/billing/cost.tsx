import { useMoney } from "../../kit/money.ts";
import { Facts } from "../../kit/state.tsx";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "./billing.module.css";

export interface CostProps {
  /** What is asked for at once; undefined until it is known. */
  now: number | undefined;
  then: number;
  isAnnual: boolean;
  /** Why it cannot be had. */
  failure?: unknown;
}

/** What something costs: now, and with every period. */
export function Cost({ now, then, isAnnual, failure }: CostProps) {
  const t = useText();
  const money = useMoney();
  if (failure) return <Problem of={failure} />;
  return (
    <output className={styles.cost}>
      <Facts
        of={[
          { name: t("billing.now"), value: now === undefined ? "…" : money(now) },
          { name: t(isAnnual ? "billing.eachYear" : "billing.eachMonth"), value: money(then) },
        ]}
      />
    </output>
  );
}
